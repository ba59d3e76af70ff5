// Dialogs: the browser's own element keeps the focus inside, closes with
// Escape, and gives the focus back.

import { h } from './dom.js';

let number = 0;

/** Opens a dialog; `build(body, close)` fills it. Answers the dialog. */
export function open(title, build, properties = {}) {
  const id = `dialog-${number += 1}`;
  const before = document.activeElement;
  const dialog = h('dialog', { 'aria-labelledby': id, ...properties });
  const close = () => dialog.close();
  const body = h('div', { class: 'dialog-body' });
  dialog.append(
    h('header', { class: 'dialog-head' }, h('h2', { id }, title),
      h('button', { type: 'button', class: 'quiet', 'aria-label': 'Close', onclick: close }, '✕')),
    body,
  );
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  dialog.addEventListener('click', (event) => { if (event.target === dialog) close(); });
  build(body, close, dialog);
  document.body.append(dialog);
  dialog.showModal();
  (body.querySelector('[autofocus]') ?? body.querySelector('button, input'))?.focus();
  return dialog;
}

/** A row of buttons at a dialog's end: the way back first. */
export const actions = (...buttons) => h('div', { class: 'dialog-actions' }, ...buttons);

/** A button of a dialog. */
export const button = (text, kind, onclick, more = {}) => h('button', { type: 'button', class: kind, onclick, ...more }, text);
