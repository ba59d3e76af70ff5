// Times that stay true while somebody looks: `<time>` elements which are
// written anew as time goes by.

import { h } from './dom.js';
import { age, clock, full } from './format.js';

/** How long ago, counting. */
export function ago(time) {
  if (!time) return h('span', {}, '–');
  return h('time', { dateTime: time, title: full(time), data: { ago: '' } }, age(time));
}

/** A time of day, with its date in the title. */
export const at = (time) => (time ? h('time', { dateTime: time, title: full(time) }, clock(time)) : h('span', {}, '–'));

setInterval(() => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll('time[data-ago]')) {
    const text = age(element.dateTime);
    if (element.textContent !== text) element.textContent = text;
  }
}, 1000);
