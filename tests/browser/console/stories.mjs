// What people do with the console, each a story with a stand-in of its own.

import { readFile } from 'node:fs/promises';
import { accessible, must } from './browser.mjs';
import { STATES } from './executions.mjs';
import { HOSTILE, badge, ends, onlyText } from './sights.mjs';

/** Two executions go through their states without a reload. */
async function live(page, { place, shoot }) {
  await page.goto(place.url);
  await page.getByText('No execution yet').waitFor();
  const [first, second] = [place.add({ job: { name: 'run (1)' }, moves: false }), place.add({ job: { name: 'run (2)' }, moves: false })];
  await page.getByRole('link', { name: 'run (1)' }).waitFor();
  await page.evaluate(() => { window.same = true; });
  await page.getByRole('link', { name: 'run (2)' }).click();
  await ends(page, 'Size', 'running');
  await shoot('graph-running');
  second.moves = true;
  for (const state of ['RunRunner', 'Done']) await ends(page, state, 'succeeded');
  await badge(page, 'succeeded');
  first.moves = true;
  await page.getByRole('link', { name: 'Executions', exact: true }).click();
  await page.locator('tr[data-status="SUCCEEDED"]').nth(1).waitFor();
  must(await page.evaluate(() => window.same === true), 'the page was loaded again');
}

/** A failed one is redriven by its button, and both attempts can be told apart. */
async function redrive(page, { place, shoot }) {
  const one = place.add({ fails: 'Mint', lines: [{ at: new Date().toISOString(), text: 'Runner listening', stream: 'stdout' }] });
  await page.goto(`${place.url}#/executions/${one.name}`);
  await ends(page, 'Mint', 'failed');
  await badge(page, 'failed');
  await page.locator('.graph [data-state="Mint"]').click();
  await page.getByText('"errorType": "GitHubRefused"').first().waitFor();
  await page.getByText('"inner": [').first().waitFor();
  await shoot('graph-failed');
  await page.getByRole('button', { name: 'Redrive…' }).click();
  await page.getByRole('dialog', { name: 'Redrive this execution?' }).waitFor();
  await shoot('redrive-dialog');
  await page.getByRole('button', { name: 'Redrive', exact: true }).click();
  await badge(page, 'succeeded');
  await page.getByRole('link', { name: 'Timeline' }).click();
  await page.getByRole('heading', { name: 'First run' }).waitFor();
  await page.getByRole('heading', { name: 'Redrive 1' }).waitFor();
  must(await page.locator('[data-attempt="1"].is-failed [data-state="Mint"] .try.is-failed').count() === 1, 'the first run has its failed try');
  must(await page.locator('[data-attempt="2"].is-succeeded [data-state="Mint"] .try.is-succeeded').count() === 1, 'the redrive has its own try');
  must(await page.locator('[data-attempt="1"] .lane').count() === 5 && await page.locator('[data-attempt="2"] .lane').count() === STATES.length - 4, 'each attempt has its own visits');
  await shoot('timeline-redriven');
  await page.getByRole('link', { name: 'Table' }).click();
  await page.locator('.visits .divider', { hasText: 'Redrive 1' }).waitFor();
  await page.getByText('continued by redrive 1').waitFor();
  await shoot('table');
}

/** All that failed are redriven from the list. */
async function bulk(page, { place, shoot }) {
  for (let number = 0; number < 8; number += 1) place.add({ fails: number % 2 ? 'Mint' : null });
  await page.goto(place.url);
  await page.locator('tr[data-status="FAILED"]').nth(3).waitFor();
  await page.locator('tr[data-status="SUCCEEDED"]').nth(3).waitFor();
  await page.getByRole('button', { name: 'Select all failed that match' }).click();
  must(await page.locator('.rows tbody input:checked').count() === 4, 'the failed ones are selected');
  await page.locator('tr[data-status="FAILED"] input').first().uncheck();
  await page.getByText('3 executions selected.').waitFor();
  await shoot('list');
  await page.getByRole('button', { name: 'Redrive…' }).click();
  await page.getByText('Will be redriven: 3').waitFor();
  await shoot('bulk-redrive');
  await page.getByRole('button', { name: 'Redrive 3 executions' }).click();
  await page.getByText('Finished: 3 of 3 done, 3 served.').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.locator('tr[data-status="SUCCEEDED"]').nth(6).waitFor();
  must(await page.locator('tr[data-status="FAILED"]').count() === 1, 'the one that was not selected is left alone');
}

/** What jobs and logs are called changes nothing but the text that is read. */
async function hostile(page, { place }) {
  const long = 'very-long-'.repeat(200);
  const job = { name: HOSTILE, repository: 'acme/<svg onload=alert(3)>', workflow: long, branch: HOSTILE, labels: [HOSTILE, long], url: 'javascript:alert(4)' };
  const one = place.add({ job, fails: 'Mint', lines: [{ at: new Date().toISOString(), text: HOSTILE, stream: 'stdout' }, { at: new Date().toISOString(), text: long, stream: 'stderr' }] });
  await page.goto(place.url);
  const link = page.locator('a.job').first();
  await link.waitFor();
  const text = await link.textContent();
  must(text.includes('<img src=x onerror="alert(1)"></script>'), `the name is shown as it is: ${text}`);
  must(text.includes('⟨U+202E⟩') && !text.includes('\u202e') && text.includes('␛[31m'), `what cannot be seen is written out: ${text}`);
  await link.click();
  await ends(page, 'Mint', 'failed');
  for (const tab of ['states/Mint', 'timeline', 'table', 'events', 'log']) {
    await page.goto(`${place.url}#/executions/${one.name}/${tab}`);
    await page.locator(`.view[data-tab="${tab.startsWith('states') ? 'graph' : tab}"]`).waitFor();
    await onlyText(page, must, tab);
  }
  const line = page.locator('.lines code').first();
  await line.waitFor();
  must((await line.textContent()).includes('<script>alert(2)</script>⟨U+202E⟩gnp.exe red'), 'a log line is shown as text');
  must(await line.locator('.ansi-1').textContent() === 'red', 'colours of a terminal are shown');
}

/** Everything by keys: search, open, move, redrive, close. */
async function keyboard(page, { place }) {
  place.add({ job: { name: 'other' } });
  const one = place.add({ job: { name: 'needle' }, fails: 'Mint' });
  const { keyboard: keys } = page;
  const focused = (what) => page.waitForFunction((text) => (document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).startsWith(text), what);
  await page.goto(place.url);
  await page.locator('tr[data-status="FAILED"]').waitFor();
  await keys.press('/');
  await keys.type('needle');
  await page.getByText('1–1 of 1 (2 in all)').waitFor();
  await keys.press('Escape');
  await keys.press('j');
  await focused('needle');
  await keys.press('Enter');
  await ends(page, 'Mint', 'failed');
  await keys.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  for (let press = 0; press < 4; press += 1) {
    await keys.press('Tab');
    must(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest('dialog') !== null), 'the focus stays in the dialog');
  }
  await keys.press('Escape');
  for (const key of ['t', 'v', 'e', 'l', 'g']) await keys.press(key);
  await page.locator('.graph [data-state="Size"]').waitFor();
  for (let press = 0; press < 30 && !(await page.evaluate(() => document.activeElement.matches('.graph [data-state]'))); press += 1) await keys.press('Tab');
  await focused('Size, succeeded');
  for (const state of ['Sized', 'Claim', 'Claimed', 'Mint']) { await keys.press('ArrowDown'); await focused(state); }
  await keys.press('Enter');
  await page.locator('.side.is-state h2', { hasText: 'Mint' }).waitFor();
  await keys.press('Escape');
  await page.locator('.side.is-state').waitFor({ state: 'detached' });
  await keys.press('r');
  await page.getByRole('dialog', { name: 'Redrive this execution?' }).waitFor();
  await focused('Redrive');
  await keys.press('Enter');
  await badge(page, 'succeeded');
  must(one.status === 'SUCCEEDED', 'it was redriven');
  await keys.press('u');
  await page.locator('tr[data-status="SUCCEEDED"]').first().waitFor();
}

/** Every view is free of serious findings of axe, in light and dark. */
async function access(page, { place, shoot }) {
  const one = place.add({ fails: 'Mint', lines: [{ at: new Date().toISOString(), text: '\u001b[31mred\u001b[32mgreen\u001b[33myellow\u001b[34mblue\u001b[0m plain', stream: 'stderr' }] });
  place.add({ moves: false });
  place.add();
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto(place.url);
    await page.locator('tr[data-status="FAILED"]').first().waitFor();
    await accessible(page, `list, ${colorScheme}`);
    if (colorScheme === 'dark') await shoot('list-dark');
    for (const tab of ['', '/states/Mint', '/timeline', '/table', '/events', '/log']) {
      await page.goto(`${place.url}#/executions/${one.name}${tab}`);
      await page.locator('.view > *').first().waitFor();
      await page.locator({ '': '.graph svg', '/states/Mint': '.side .visit > *', '/timeline': '.lane', '/table': '.visits td', '/events': '.events td', '/log': '.lines .line' }[tab]).first().waitFor();
      await accessible(page, `${tab}, ${colorScheme}`);
    }
    await page.getByRole('button', { name: 'Redrive…' }).click();
    await accessible(page, `dialog, ${colorScheme}`);
    await page.keyboard.press('Escape');
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('button', { name: 'Auto theme' }).click();
  await page.getByRole('button', { name: 'Light theme' }).click();
  must(await page.evaluate(() => getComputedStyle(document.body).backgroundColor) === 'rgb(14, 17, 22)', 'the switch makes it dark');
}

/** A telephone's screen: nothing makes the page scroll sideways. */
async function narrow(page, { place, shoot }) {
  const one = place.add({ fails: 'Mint', lines: [{ at: new Date().toISOString(), text: 'x'.repeat(400), stream: 'stdout' }] });
  place.add();
  await page.setViewportSize({ width: 360, height: 740 });
  for (const [name, hash] of [['list', '#/'], ['graph', `#/executions/${one.name}`], ['timeline', `#/executions/${one.name}/timeline`], ['table', `#/executions/${one.name}/table`], ['events', `#/executions/${one.name}/events`], ['log', `#/executions/${one.name}/log`]]) {
    await page.goto(place.url + hash);
    await page.locator(name === 'list' ? 'tr[data-status="FAILED"]' : '.view > *').first().waitFor();
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    must(over <= 0, `${name}: the page is ${over} px too wide`);
    if (name === 'list' || name === 'graph') await shoot(`narrow-${name}`);
  }
}

/** The graph as files: all states in the SVG, something to see in the PNG. */
async function files(page, { place }) {
  const one = place.add();
  await page.goto(`${place.url}#/executions/${one.name}`);
  await ends(page, 'Done', 'succeeded');
  const save = async (name) => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: `Save the graph as ${name}` }).click()]);
    must(download.suggestedFilename() === `${one.name}.${name.toLowerCase()}`, download.suggestedFilename());
    return readFile(await download.path());
  };
  const states = await page.evaluate((text) => [...new DOMParser().parseFromString(text, 'image/svg+xml').querySelectorAll('[data-state]')].map((node) => node.dataset.state), String(await save('SVG')));
  must(JSON.stringify(states) === JSON.stringify(STATES.map(([state]) => state)), `the SVG has ${states}`);
  const png = await save('PNG');
  const [width, height, colours] = await page.evaluate(async (base64) => {
    const image = await createImageBitmap(await (await new Response(Uint8Array.from(atob(base64), (one) => one.charCodeAt(0)))).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    return [image.width, image.height, new Set(new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer)).size];
  }, png.toString('base64'));
  must(width === 480 && height === STATES.length * 140 && colours > 8, `the PNG is ${width}×${height} of ${colours} colours`);
}

/** Cancelling warns, and warns again where a job may be lost. */
async function cancel(page, { place }) {
  const one = place.add({ moves: false });
  await page.goto(`${place.url}#/executions/${one.name}`);
  await page.getByRole('button', { name: 'Cancel…' }).click();
  await page.getByRole('button', { name: 'Cancel the execution' }).click();
  const stop = page.getByRole('button', { name: 'Stop it all the same' });
  await stop.waitFor();
  must(await stop.isDisabled(), 'it takes a second word');
  await page.getByLabel('I know that the running job is lost.').check();
  await stop.click();
  await badge(page, 'aborted');
}

/** In read-only mode nothing offers a change; trouble is told. */
async function readOnly(page, { place }) {
  const one = place.add({ fails: 'Mint' });
  await page.goto(`${place.url}#/executions/${one.name}`);
  await badge(page, 'failed');
  await page.getByText('read-only').waitFor();
  must(await page.getByRole('button', { name: /Redrive|Cancel/ }).count() === 0, 'no button offers a change');
  place.send('trouble', { message: 'The credentials have expired: sign in again.' });
  await page.getByRole('alert').filter({ hasText: 'sign in again' }).waitFor();
  place.send('trouble', { message: null });
  await page.locator('#trouble').waitFor({ state: 'hidden' });
}

/** Rows that change keep the focus, the selection and the scroll position. */
async function steady(page, { place }) {
  for (let number = 0; number < 60; number += 1) place.add({ status: 'SUCCEEDED' });
  const one = place.add({ moves: false, job: { name: 'mover' } });
  for (let number = 0; number < 30; number += 1) place.add({ status: 'SUCCEEDED' });
  await page.goto(place.url);
  const row = page.locator(`tr[data-name="${one.name}"]`);
  await row.locator('input').check();
  await row.locator('a.job').focus();
  await row.scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => scrollY);
  must(before > 0, 'the list is longer than the screen');
  one.moves = true;
  await page.locator(`tr[data-name="${one.name}"][data-status="SUCCEEDED"]`).waitFor();
  must(await page.evaluate(() => document.activeElement.textContent) === 'mover' && await row.locator('input').isChecked(), 'focus and selection stay');
  must(Math.abs(await page.evaluate(() => scrollY) - before) < 4, 'the scroll position stays');
}

/** What was set right without a person is told with its reason, and leads to its execution. */
async function reconciled(page, { place }) {
  await page.goto(place.url);
  const card = page.getByRole('region', { name: 'Set right without a person' });
  await card.getByText('12 periods, 40 calls to GitHub, 1 runner let go, 2 left to a person.').waitFor();
  const things = card.getByRole('listitem');
  must(await things.count() === 2, 'each thing has a line');
  // The newest first.
  must((await things.first().innerText()).startsWith('Job released'), 'the newest is the first');
  await onlyText(page, must, 'reconciled');
  must(await card.getByRole('link', { name: 'Execution redriven' }).getAttribute('href') === '#/executions/redriven', 'it leads to its execution');
  await card.getByRole('link', { name: 'Job released' }).click();
  await page.waitForURL('**/#/?q=8');
}

const RECONCILED = {
  periods: 12, last: '2026-01-05T10:00:00Z', sum: { left: 2, errors: 0, github_calls: 40 },
  repairs: [{ at: '2026-01-05T09:00:00Z', kind: 'redriven', subject: 'x', job_id: 7, repository: HOSTILE, execution_arn: 'arn:aws:states:eu-central-1:000000000000:execution:jit-runners:redriven', reason: HOSTILE }],
  releases: [{ at: '2026-01-05T09:30:00Z', job_id: 8, repository: 'acme/service', conclusion: 'cancelled', outcome: 'removed', reason: 'The job ended without its runner.', tasks: 1 }],
};

/** All stories; settings of the stand-in beside those that need some. */
export const STORIES = { live, redrive, bulk, hostile, keyboard, access, narrow, files, cancel, readOnly, steady, reconciled };
export const SETTINGS = { readOnly: { readOnly: true }, reconciled: { reconciled: RECONCILED } };
