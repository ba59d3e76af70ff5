// Redriving several executions: first what would happen, then the progress,
// then the result.

import { fill, foreign, h, problem } from './dom.js';
import { count } from './format.js';
import { get, post } from './api.js';
import * as dialog from './dialog.js';
import * as router from './router.js';

let running = null;

/** Tells an open dialog how far its redrive is. */
export function progress(operation) {
  if (running?.id === operation.id) running.paint(operation);
}

/** Asks for a dry run of `what` (names or a filter) and opens the dialog. */
export function open(what, done) {
  dialog.open('Redrive failed executions', async (body, close, element) => {
    body.append(h('p', { class: 'faint' }, 'Asking which of them can be redriven…'));
    try {
      const plan = await post('redrive', { ...what, dry_run: true });
      confirm(body, close, element, what, plan, done);
    } catch (error) {
      body.replaceChildren(problem(error), dialog.actions(dialog.button('Close', 'primary', close)));
    }
  }, { class: 'wide' });
}

function confirm(body, close, element, what, plan, done) {
  const eligible = plan.eligible.length;
  const go = dialog.button(eligible === 1 ? 'Redrive 1 execution' : `Redrive ${eligible.toLocaleString()} executions`, 'primary', async () => {
    go.disabled = true;
    try {
      // What was shown is what is done, whatever failed meanwhile.
      const { operation } = await post('redrive', { names: plan.eligible.map((one) => one.name), dry_run: false });
      watch(body, close, element, operation, done);
    } catch (error) {
      body.append(problem(error));
      go.disabled = false;
    }
  }, { autofocus: true });
  fill(body,
    h('p', {}, eligible === 0 ? 'None of the selected executions can be redriven.'
      : `Each of these ${count(eligible, 'execution')} goes on from the state that failed, with a new runner where one is needed. A job that no longer waits ends well without one.`),
    eligible === 0 ? null : group('Will be redriven', plan.eligible, (one) => [foreign(`${one.repository ?? ''} ${one.job ?? ''}`.trim() || one.name), ' ', h('span', { class: 'faint' }, foreign(one.error ?? ''))]),
    plan.refused.length === 0 ? null : group('Will be left alone', plan.refused, (one) => [foreign(one.name), ' ', h('span', { class: 'faint' }, foreign(one.because))]),
    dialog.actions(dialog.button(eligible === 0 ? 'Close' : 'Cancel', 'quiet', close), eligible === 0 ? null : go),
  );
  if (eligible > 0) go.focus();
}

function group(title, all, line) {
  const shown = all.slice(0, 50);
  return h('details', { open: all.length <= 8 }, h('summary', {}, `${title}: ${all.length.toLocaleString()}`),
    h('ul', { class: 'plain' }, ...shown.map((one) => h('li', { data: { name: one.name } }, h('a', { href: router.execution(one.name) }, ...line(one)))),
      all.length > shown.length ? h('li', { class: 'faint' }, `and ${(all.length - shown.length).toLocaleString()} more`) : null));
}

function watch(body, close, element, id, done) {
  const bar = h('progress', { max: 1, value: 0, 'aria-label': 'Redriven executions that have ended' });
  const said = h('p', { role: 'status' }, 'Redriving…');
  const refused = h('div');
  const button = dialog.button('Close; it goes on', 'quiet', close);
  body.replaceChildren(said, bar, refused, dialog.actions(button));
  button.focus();
  let poll;
  const paint = (operation) => {
    bar.max = Math.max(1, operation.of);
    bar.value = operation.done;
    const words = [`${operation.done.toLocaleString()} of ${operation.of.toLocaleString()} done`, `${operation.served} served`];
    if (operation.running) words.push(`${operation.running} running`);
    if (operation.failed) words.push(`${operation.failed} failed again`);
    if (operation.refused.length) words.push(`${operation.refused.length} refused`);
    said.textContent = `${operation.finished ? 'Finished: ' : ''}${words.join(', ')}.`;
    refused.replaceChildren(...(operation.refused.length ? [group('Refused', operation.refused, (one) => [foreign(one.name), ' ', h('span', { class: 'faint' }, foreign(one.because))])] : []));
    if (operation.finished) {
      clearTimeout(poll);
      running = null;
      button.textContent = 'Done';
      button.className = 'primary';
      done();
    }
  };
  running = { id, paint };
  // The stream tells; asking now and then covers a gap in it.
  const ask = async () => {
    try {
      const operation = await get(`operations/${encodeURIComponent(id)}`);
      if (running?.id === id) paint(operation);
    } catch { /* the next one tells */ }
    if (running?.id === id) poll = setTimeout(ask, 2000);
  };
  element.addEventListener('close', () => { clearTimeout(poll); if (running?.id === id) { running = null; done(); } });
  ask();
}
