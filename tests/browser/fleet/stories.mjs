// What people do with the console of a fleet, each story against one that runs.

import { readFile } from 'node:fs/promises';
import { accessible, must } from '../console/browser.mjs';
import { badge, ends, onlyText } from '../console/sights.mjs';

const row = (page, job) => page.locator('tr', { has: page.getByRole('link', { name: job, exact: true }) });
const list = (page) => page.getByRole('link', { name: 'Executions', exact: true }).click();

/** Notes every end that any state of the graph is drawn with. */
const note = (page) => page.evaluate(() => {
  window.seen = new Set();
  const look = () => { for (const state of document.querySelectorAll('.graph [data-state][data-end]')) window.seen.add(`${state.dataset.state} ${state.dataset.end}`); };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-end'] });
  look();
});

/** The demo's two jobs go through their states, on a page that is loaded once. */
async function live(page, { url, at, shoot }) {
  await page.goto(url);
  await page.getByText('No execution yet').waitFor();
  await page.evaluate(() => { window.same = true; });
  at('an empty list');
  for (const job of ['run-it (1)', 'run-it (2)']) await row(page, job).waitFor();
  for (const job of ['run-it (1)', 'run-it (2)']) await row(page, job).getByText('RunRunner').waitFor();
  await page.locator('tr[data-status="RUNNING"]').nth(1).waitFor();
  await shoot('list-running');
  await page.getByRole('link', { name: 'run-it (1)', exact: true }).click();
  await ends(page, 'RunRunner', 'running');
  await note(page);
  for (const state of ['Size', 'Sized', 'Claim', 'Claimed', 'Mint', 'Minted']) await ends(page, state, 'succeeded');
  await badge(page, 'running');
  await page.locator('.lines code', { hasText: 'Running job: run-it (1)' }).waitFor();
  await shoot('graph-running');
  at('both run');
  for (const state of ['RunRunner', 'VerifyRemoval', 'Route', 'Release', 'Done']) await ends(page, state, 'succeeded');
  await badge(page, 'succeeded');
  const seen = await page.evaluate(() => [...window.seen]);
  must(seen.includes('RunRunner running') && seen.includes('RunRunner succeeded'), `the state changed in place: ${seen}`);
  must(!seen.some((one) => / (failed|caught|aborted)$/.test(one)), `nothing went wrong: ${seen}`);
  await list(page);
  await page.locator('tr[data-status="SUCCEEDED"]').nth(1).waitFor();
  must(await page.locator('tbody tr').count() === 2, 'there are two executions');
  await page.getByRole('link', { name: 'run-it (2)', exact: true }).click();
  await ends(page, 'Done', 'succeeded');
  must(await page.evaluate(() => window.same === true), 'the page was loaded again');
  await accessible(page, 'a graph of the fleet');
}

/** One that failed after retries is redriven by its button; both attempts can be told apart. */
async function redrive(page, { url, at, shoot }) {
  await page.goto(url);
  await page.locator('tr[data-status="FAILED"] a.job').click();
  await ends(page, 'Mint', 'caught');
  await ends(page, 'Escalate', 'failed');
  await badge(page, 'failed');
  // By its address: a state that is not in sight is brought there.
  await page.goto(`${page.url()}/states/Mint`);
  await page.locator('.side.is-state h2', { hasText: 'Mint' }).waitFor();
  await page.getByText('4 (3 retries)').waitFor();
  await page.getByText('GitHubRefused').first().waitFor();
  await shoot('graph-failed');
  await page.getByRole('link', { name: 'Timeline' }).click();
  await page.locator('[data-attempt="1"] [data-state="Mint"] .try.is-retry').nth(2).waitFor();
  must(await page.locator('[data-attempt="2"]').count() === 0, 'it has not been redriven');
  await page.getByRole('button', { name: 'Redrive…' }).click();
  await page.getByRole('dialog', { name: 'Redrive this execution?' }).waitFor();
  await shoot('redrive-dialog');
  at('about to redrive');
  await page.getByRole('button', { name: 'Redrive', exact: true }).click();
  await badge(page, 'succeeded');
  await page.getByRole('heading', { name: 'First run' }).waitFor();
  await page.getByRole('heading', { name: 'Redrive 1' }).waitFor();
  const first = page.locator('[data-attempt="1"].is-failed');
  const second = page.locator('[data-attempt="2"].is-succeeded');
  await second.locator('[data-state="Done"]').waitFor();
  must(await first.locator('[data-state="Mint"] .try.is-failed').count() === 4, 'the first run has its four failed tries');
  must(await second.locator('[data-state="Mint"] .try.is-succeeded').count() === 1, 'the redrive minted at once');
  must(await first.locator('[data-state="RunRunner"]').count() === 0 && await second.locator('[data-state="RunRunner"]').count() === 1, 'only the redrive ran a task');
  await second.locator('[data-state="Escalate"]', { hasText: 'continued' }).waitFor();
  await shoot('timeline');
  await page.getByRole('link', { name: 'Table' }).click();
  await page.locator('.visits .divider', { hasText: 'Redrive 1' }).waitFor();
  await page.getByText('continued by redrive 1').waitFor();
  await shoot('table');
  await page.getByRole('link', { name: 'Log', exact: true }).click();
  await page.locator('.lines code', { hasText: 'Running job: job-0' }).first().waitFor();
  await page.getByRole('link', { name: 'Events' }).click();
  await page.locator('.events').getByText('ExecutionRedriven').first().waitFor();
  await page.getByRole('link', { name: 'Graph' }).click();
  await ends(page, 'Done', 'succeeded');
  for (const [name, holds] of [['SVG', (bytes) => String(bytes).includes('data-state="RunRunner"')], ['PNG', (bytes) => bytes.subarray(1, 4).toString() === 'PNG' && bytes.length > 20_000]]) {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: `Save the graph as ${name}` }).click()]);
    must(holds(await readFile(await file.path())), `the ${name} shows the graph`);
  }
}

/** All that failed are redriven from the list; how far it is, is told. */
async function bulk(page, { url, shoot, words: [count] }) {
  await page.goto(url);
  await page.locator('tr[data-status="FAILED"]').nth(Number(count) - 1).waitFor();
  await page.getByText('GitHubRefused').first().waitFor();
  await shoot('list-failed');
  await page.getByRole('button', { name: 'Select all failed that match' }).click();
  await page.getByRole('button', { name: 'Redrive…' }).click();
  await page.getByText(`Will be redriven: ${count}`).waitFor();
  await shoot('bulk-redrive');
  await page.getByRole('button', { name: `Redrive ${count} executions` }).click();
  await page.getByText(`Finished: ${count} of ${count} done, ${count} served.`).waitFor();
  await shoot('bulk-redriven');
  await page.getByRole('button', { name: 'Done' }).click();
  await page.locator('tr[data-status="SUCCEEDED"]').nth(Number(count) - 1).waitFor();
  must(await page.locator('tr[data-status="FAILED"]').count() === 0, 'none is left');
  must(await page.getByText('redriven 1×').count() === Number(count), 'each was redriven once');
}

/** What jobs, labels and log lines are called changes nothing but the text that is read. */
async function hostile(page, { url }) {
  await page.goto(url);
  const link = page.locator('a.job').first();
  await link.waitFor();
  await page.locator('tr[data-status="SUCCEEDED"]').waitFor();
  const text = await link.textContent();
  must(text.includes('<img src=x onerror="alert(1)"></script><script>alert(2)</script>'), `the name is shown as it is: ${text}`);
  must(text.includes('⟨U+202E⟩') && !text.includes('\u202e') && text.includes('␛[31m'), `what cannot be seen is written out: ${text}`);
  await page.getByText('<b>label</b>').waitFor();
  await onlyText(page, must, 'list');
  await link.click();
  await ends(page, 'Done', 'succeeded');
  await onlyText(page, must, 'graph');
  const base = page.url();
  for (const tab of ['states/Size', 'timeline', 'table', 'events', 'log']) {
    await page.goto(`${base}/${tab}`);
    await page.locator(`.view[data-tab="${tab.startsWith('states') ? 'graph' : tab}"] > *`).first().waitFor();
    await page.locator({ 'states/Size': '.side .visit > *', timeline: '.lane', table: '.visits td', events: '.events td', log: '.lines .line' }[tab]).first().waitFor();
    await onlyText(page, must, tab);
  }
  const line = page.locator('.lines code', { hasText: '<script>alert(2)</script>⟨U+202E⟩gnp.exe' }).first();
  await line.waitFor();
  must(await line.locator('.ansi-1').first().textContent() === 'red', 'colours of a terminal are shown');
}

/** In read-only mode nothing offers a change, and none is made. */
async function readOnly(page, { url }) {
  await page.goto(url);
  await page.getByText('read-only').waitFor();
  await page.locator('tr[data-status="FAILED"] a.job').waitFor();
  must(await page.getByRole('button', { name: /Redrive/ }).count() === 0, 'the list offers no redrive');
  await page.locator('a.job').click();
  await ends(page, 'Escalate', 'failed');
  await badge(page, 'failed');
  await page.keyboard.press('r');
  must(await page.getByRole('button', { name: /Redrive|Cancel/ }).count() === 0, 'no button offers a change');
  must(await page.getByRole('dialog').count() === 0, 'no key does');
}

/** The address with its token opens the console; the token does not stay in the address. */
async function token(page, { url, words: [secret], context }) {
  await page.goto(url);
  await page.locator('tr[data-status="FAILED"] a.job').waitFor();
  must(!page.url().includes(secret), 'the token is taken out of the address');
  const cookies = await context.cookies();
  must(cookies.length === 1 && cookies[0].httpOnly && cookies[0].sameSite === 'Strict' && cookies[0].value !== secret, 'one cookie, not for scripts, not the token');
  await page.reload();
  await page.locator('a.job').click();
  await ends(page, 'Escalate', 'failed');
  await page.getByRole('button', { name: 'Redrive…' }).click();
  await page.getByRole('button', { name: 'Redrive', exact: true }).click();
  await badge(page, 'succeeded');
}

/** All stories; browser settings beside those that need some. Pictures are small enough for docs. */
export const STORIES = { live, redrive, bulk, hostile, readOnly, token };
const PICTURE = { viewport: { width: 1240, height: 860 } };
export const SETTINGS = { live: PICTURE, redrive: PICTURE, bulk: PICTURE };
