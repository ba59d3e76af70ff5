// JSON texts as people read them: indented, error documents unfolded, folded
// away where they are long, with a button to copy them.

import { copy, h } from './dom.js';
import { visible } from './format.js';

const LONG = 60;

/** The value of a JSON text with texts inside that are JSON themselves taken apart; undefined where it is none. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An error's cause: its document, with documents inside it, where it is one. */
function unfolded(value, depth = 0) {
  if (typeof value === 'string' && depth < 4 && /^\s*[[{]/.test(value)) {
    const inner = parsed(value);
    return inner === undefined ? value : unfolded(inner, depth + 1);
  }
  if (Array.isArray(value)) return value.map((one) => unfolded(one, depth));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unfolded(one, depth)]));
  return value;
}

/** A text of the history as lines; JSON is indented. */
export function lines(text, cause = false) {
  const value = typeof text === 'string' ? parsed(text) : text;
  if (value === undefined) return String(text);
  return JSON.stringify(cause ? unfolded(value) : value, null, 2) ?? String(text);
}

/** A titled, foldable block of JSON or text. */
export function block(title, text, { open = true, cause = false } = {}) {
  if (text === null || text === undefined || text === '') return null;
  const shown = lines(text, cause);
  const all = shown.split('\n');
  const pre = h('pre', { tabIndex: 0, role: 'region', 'aria-label': title }, visible(all.slice(0, LONG).join('\n')));
  const more = all.length > LONG ? h('button', {
    type: 'button', class: 'quiet more',
    onclick: () => { pre.textContent = visible(shown); more.remove(); pre.focus(); },
  }, `Show all ${all.length} lines`) : null;
  return h('details', { class: 'json', open, data: { title } }, h('summary', {}, title), copy(shown, title.toLowerCase()), pre, more);
}
