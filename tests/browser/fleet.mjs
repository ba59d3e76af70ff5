// Tries the console of a fleet that runs: node fleet.mjs FOLDER STORY URL [WORD…]
//
// The jobs, their functions and their tasks are real; the Rust test that starts
// this lets things happen when a line `at: POINT` says that the page is there.
// Screenshots go into FOLDER.

import { browse } from './console/browser.mjs';
import { SETTINGS, STORIES } from './fleet/stories.mjs';

const [folder, story, url, ...words] = process.argv.slice(2);
if (url === undefined || !(story in STORIES)) {
  console.error(`usage: node fleet.mjs FOLDER ${Object.keys(STORIES).join('|')} URL [WORD…]`);
  process.exit(2);
}
const at = (point) => console.log(`at: ${point}`);
try {
  await browse(folder, SETTINGS[story] ?? {}, (page, more) => STORIES[story](page, { url, words, at, ...more }));
  console.log(`held: ${story}`);
} catch (error) {
  console.log(`broken: ${story}: ${error.stack}`);
  process.exit(1);
}
