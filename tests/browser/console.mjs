// Tries the console's page: node console.mjs FOLDER [STORY…]
//
// Each story has a browser and a stand-in of the server of its own, and ends
// with nothing left over: no error in the browser's console, no breach of the
// page's policy, no request elsewhere, no open stream. Screenshots go into FOLDER.

import { fileURLToPath } from 'node:url';
import { browse, must } from './console/browser.mjs';
import { start } from './console/stand-in.mjs';
import { SETTINGS, STORIES } from './console/stories.mjs';

const [folder, ...names] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node console.mjs FOLDER [STORY…]');
  process.exit(2);
}
const pages = fileURLToPath(new URL('../../infra/cli/console/page', import.meta.url));
let failed = false;
for (const name of names.length ? names : Object.keys(STORIES)) {
  const began = Date.now();
  const place = await start(pages, SETTINGS[name]);
  try {
    await browse(folder, {}, (page, more) => STORIES[name](page, { place, ...more }));
    const deadline = Date.now() + 5000;
    while (place.streams.size > 0 && Date.now() < deadline) await new Promise((resolve) => { setImmediate(resolve); });
    must(place.streams.size === 0, 'a stream of events is left open');
    console.log(`held: ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failed = true;
    console.log(`broken: ${name}: ${error.stack}`);
  } finally {
    await place.close();
  }
}
process.exit(failed ? 1 : 0);
