// The browser for tests of the console: what it complains about, what it asks
// for and what breaks the page's policy are collected, and must be nothing.

import { createRequire } from 'node:module';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** How the browser is started: it asks for nothing of its own. */
export const LAUNCH = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--enable-precise-memory-info'],
};

/** Runs `story(page, more)` in a browser of its own. */
export async function browse(folder, options, story) {
  await mkdir(folder, { recursive: true });
  const profile = await mkdtemp(join(tmpdir(), 'jit-runners-browser-'));
  let context;
  try {
    context = await chromium.launchPersistentContext(profile, {
      ...LAUNCH, viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options,
    });
    const page = context.pages()[0] ?? (await context.newPage());
    // Far more than anything takes: machines are slow and shared.
    page.setDefaultTimeout(150_000);
    const problems = [];
    const origins = new Set();
    await page.exposeBinding('violated', (_, what) => { problems.push(`policy: ${what}`); });
    await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) => window.violated(`${event.violatedDirective} ${event.blockedURI}`)));
    // A refusal that a story expects is an answer, which Chromium logs as an error.
    const expected = (message) => message.text().includes('status of 409') && message.location().url.endsWith('/cancel');
    page.on('console', (message) => { if (message.type() === 'error' && !expected(message)) problems.push(`${message.text()} ${message.location().url}`); });
    page.on('pageerror', (error) => problems.push(String(error.stack)));
    page.on('dialog', (dialog) => { problems.push(`a dialog said ${dialog.message()}`); dialog.dismiss(); });
    page.on('request', (request) => { if (request.url().startsWith('http')) origins.add(new URL(request.url()).origin); });
    await story(page, { context, shoot: (name) => page.screenshot({ path: join(folder, `console-${name}.png`) }) });
    if (origins.size !== 1) problems.push(`asked ${[...origins]}`);
    if (problems.length) throw new Error(problems.join('\n'));
  } finally {
    await context?.close();
    await rm(profile, { recursive: true, force: true });
  }
}

/** No serious or critical finding of axe. It is evaluated, not inserted: the page's policy would not let it in. */
export async function accessible(page, where) {
  await page.evaluate(`${await readFile(AXE, 'utf8')};0`);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const bad = violations.filter((one) => ['serious', 'critical'].includes(one.impact));
  if (bad.length) throw new Error(`${where}: ${bad.map((one) => `${one.id}: ${one.nodes.slice(0, 4).map((node) => `${node.target} ${node.any.map((any) => any.message)}`).join(' | ')}`).join('\n')}`);
}

/** Fails with `what` unless it holds. */
export function must(holds, what) {
  if (!holds) throw new Error(what);
}
