// Keyboard shortcuts: one letter each, never while somebody types or a dialog
// is open. Views register theirs and take them back when they are left.

import { h } from './dom.js';
import { open } from './dialog.js';

const keys = new Map();

/** Registers `key` until `signal` aborts. */
export function bind(key, what, action, signal) {
  const entry = { what, action };
  keys.set(key, entry);
  signal?.addEventListener('abort', () => { if (keys.get(key) === entry) keys.delete(key); });
}

const typing = (element) => element?.matches?.('input:not([type=checkbox]), textarea, select, [contenteditable]');

addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector('dialog[open]')) return;
  if (typing(event.target)) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  const entry = keys.get(event.key);
  if (!entry) return;
  event.preventDefault();
  entry.action(event);
});

const NAMES = { Escape: 'Esc', ' ': 'Space' };

/** Shows which keys there are in this view. */
export function help() {
  open('Keys', (body) => {
    const rows = [...keys].map(([key, { what }]) => h('tr', {}, h('th', { scope: 'row' }, h('kbd', {}, NAMES[key] ?? key)), h('td', {}, what)));
    const more = [['Tab', 'Next control'], ['Enter', 'Open or press'], ['← ↑ → ↓', 'Move between states, once the graph has the focus'], ['+ − 0', 'Zoom in, out, fit, in the graph']]
      .map(([key, what]) => h('tr', {}, h('th', { scope: 'row' }, h('kbd', {}, key)), h('td', {}, what)));
    body.append(h('table', { class: 'keys', 'aria-label': 'Keyboard shortcuts' }, h('tbody', {}, ...rows, ...more)));
  });
}
