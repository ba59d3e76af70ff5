// Clicks through `jit-runners setup`: node setup.mjs URL FOLDER
//
// URL is the address that setup printed; screenshots go into FOLDER. Ends with
// 0 when the last page says that the App is installed; prints every address
// that was asked for, so that the test can see that nothing else was.

import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node setup.mjs URL FOLDER');
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const profile = await mkdtemp(join(tmpdir(), 'jit-runners-browser-'));
let context;
try {
  context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport: { width: 900, height: 1000 },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(60_000);
  const problems = [];
  // Browsers ask every site for an icon, and none is served.
  const icon = (message) => message.location().url.endsWith('/favicon.ico');
  page.on('console', (message) => {
    if (message.type() === 'error' && !icon(message)) problems.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => console.log(`asked ${new URL(request.url()).origin}`));
  const shoot = (name) => page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });

  await page.goto(url);
  await page.getByRole('heading', { level: 1, name: /Create the GitHub App for/ }).waitFor();
  await page.getByRole('table', { name: 'What the App may do' }).waitFor();
  await shoot('setup-1-start');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot('setup-1-start-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  // By keyboard alone: the button is the first thing that takes the focus.
  await page.keyboard.press('Tab');
  const focused = await page.evaluate(() => document.activeElement?.textContent);
  if (focused !== 'Continue at GitHub') throw new Error(`the focus is on ${focused}`);
  await page.keyboard.press('Enter');

  await page.getByRole('heading', { name: /Create GitHub App for/ }).waitFor();
  await page.getByLabel('GitHub App name').fill('Runners of the browser');
  await shoot('setup-2-github');
  await page.getByRole('button', { name: /Create GitHub App for/ }).click();

  await page.getByRole('heading', { name: 'Install the App' }).waitFor();
  await shoot('setup-3-created');
  await page.getByRole('link', { name: 'Install at GitHub' }).click();

  await page.getByRole('button', { name: 'Install' }).waitFor();
  await shoot('setup-4-install');
  await page.getByRole('button', { name: 'Install' }).click();

  await page.getByRole('heading', { name: 'The App is installed' }).waitFor();
  await shoot('setup-5-installed');
  if (problems.length > 0) throw new Error(problems.join('\n'));
} finally {
  await context?.close();
  await rm(profile, { recursive: true, force: true });
}
