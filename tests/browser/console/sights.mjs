// What stories wait for on the page, whatever serves it.

/** A state of the graph is drawn with this end. */
export const ends = (page, state, end, all = '') => page.locator(`.graph [data-state="${state}"][data-end="${end}"]${all}`).waitFor();

/** The execution's header says this. */
export const badge = (page, word) => page.locator('.header .head .badge', { hasText: word }).waitFor();

/** A text that would be markup, would turn the direction of writing, and would command a terminal. */
export const HOSTILE = '<img src=x onerror="alert(1)"></script><script>alert(2)</script>\u202egnp.exe \u001b[31mred\u001b[0m \u0007';

/** That nothing of a foreign text became an element, on the page as it is. */
export async function onlyText(page, must, where) {
  must(await page.locator('main img, main script, main iframe, main [onload], main [onerror], main a[href^="javascript"]').count() === 0, `${where}: a text became an element`);
  must(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where}: the page scrolls sideways`);
}
