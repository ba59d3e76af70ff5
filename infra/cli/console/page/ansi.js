// Colours of a terminal as classes; every other control character is written
// out, so that a log line shows what it holds and changes nothing around it.

import { h } from './dom.js';
import { visible } from './format.js';

// eslint-disable-next-line no-control-regex
const SEQUENCE = /\u001b\[([0-9;]*)m/g;

/** A line of a log as nodes. */
export function line(text) {
  const nodes = [];
  let classes = [];
  let from = 0;
  const put = (part) => {
    if (part) nodes.push(classes.length ? h('span', { class: classes.join(' ') }, visible(part)) : visible(part));
  };
  for (const found of text.matchAll(SEQUENCE)) {
    put(text.slice(from, found.index));
    from = found.index + found[0].length;
    for (const code of found[1].split(';').map(Number)) {
      if (code === 0) classes = [];
      else if (code === 1) classes = [...classes, 'ansi-bold'];
      else if (code === 39) classes = classes.filter((one) => one === 'ansi-bold');
      else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) classes = [...classes.filter((one) => one === 'ansi-bold'), `ansi-${code % 10}`];
    }
  }
  put(text.slice(from));
  return nodes;
}
