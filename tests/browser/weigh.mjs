// Weighs the console's page: node weigh.mjs URL TIMES EXECUTIONS
//
// Opens the list once as the console's first visitor, TIMES while it reads the
// details of all EXECUTIONS in the background, and TIMES when all are read, or
// after READING seconds (300); then does what people do with it. Ends with one
// line of JSON: milliseconds from the navigation to the painted list, how many
// were read, and the most memory of the page's own process.

import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { LAUNCH, must } from './console/browser.mjs';

const [url, times, executions] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
if (!executions) {
  console.error('usage: node weigh.mjs URL TIMES EXECUTIONS');
  process.exit(2);
}
const browser = await chromium.launch(LAUNCH);
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(300_000);
  const rows = Math.min(100, executions);
  await page.addInitScript((wanted) => {
    const look = new MutationObserver(() => {
      if (document.querySelectorAll('.rows tbody tr').length < wanted) return;
      look.disconnect();
      // The second frame begins when the first one is on the screen.
      requestAnimationFrame(() => requestAnimationFrame(() => { window.opened = performance.now(); }));
    });
    look.observe(document, { subtree: true, childList: true });
  }, rows);
  const whole = await browser.newBrowserCDPSession();
  const own = await context.newCDPSession(page);
  await own.send('Performance.enable');
  const most = { heap: 0, resident: 0, anonymous: 0 };
  /** What the page weighs now: its JavaScript heap, and the largest renderer, which is its own. */
  async function weigh() {
    const { metrics } = await own.send('Performance.getMetrics');
    most.heap = Math.max(most.heap, metrics.find(({ name }) => name === 'JSHeapUsedSize').value);
    const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
    for (const { type, id } of processInfo) {
      if (type !== 'renderer') continue;
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      const of = (name) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'))?.[1] ?? 0) * 1024;
      most.resident = Math.max(most.resident, of('VmRSS'));
      most.anonymous = Math.max(most.anonymous, of('RssAnon'));
    }
  }
  async function open() {
    await page.goto('about:blank');
    await page.goto(url, { waitUntil: 'commit' });
    const took = await (await page.waitForFunction(() => window.opened)).jsonValue();
    await weigh();
    return took;
  }
  const reading = () => page.evaluate(async () => (await (await fetch('api/overview')).json()).reading);
  const patience = Number(process.env.READING ?? 300) * 1000;
  const first = await open();
  const during = [];
  for (let time = 0; time < times; time += 1) during.push(await open());
  // This page stays, and is told of every row that is read.
  const began = performance.now();
  let read = await reading();
  while (read.read < executions && performance.now() - began < patience) {
    await weigh();
    read = await reading();
  }
  must(read.known === executions, `the whole list is known: ${read.known}`);
  const after = [];
  for (let time = 0; time < times; time += 1) after.push(await open());
  for (let turn = 0; turn < Math.min(10, Math.ceil(executions / 100) - 1); turn += 1) {
    const before = await page.locator('.count').textContent();
    await page.getByRole('link', { name: 'Older' }).click();
    await page.waitForFunction((text) => ![text, ''].includes(document.querySelector('.count')?.textContent), before);
    await weigh();
  }
  await page.goto(url);
  const searched = performance.now();
  await page.getByPlaceholder('Search').fill('deploy');
  await page.getByText(`(${executions.toLocaleString('en-US')} in all)`).waitFor();
  const search = performance.now() - searched;
  await page.locator('a.job').first().click();
  await page.locator('.graph [data-state]').first().waitFor();
  await weigh();
  must(most.resident > 0 && most.heap > 0, 'the page has weight');
  console.log(JSON.stringify({ first, during, after, read: read.read, search, most }));
} finally {
  await browser.close();
}
