// Redriving and cancelling one execution: each says first what will happen.

import { fill, foreign, h, problem, toast } from './dom.js';
import { of, post } from './api.js';
import { count } from './format.js';
import * as dialog from './dialog.js';
import { redrivable, title } from './row.js';

/** Asks whether to redrive, and does. */
export function ask(context) {
  const { row, timeline } = context.data ?? {};
  if (!row || context.fleet.read_only || document.querySelector('dialog[open]')) return;
  if (!redrivable(row)) {
    toast(row.status === 'RUNNING' ? 'It still runs: there is nothing to redrive.' : 'It succeeded: there is nothing to redrive.');
    return;
  }
  const details = row.details ?? {};
  if (details.redrivable === false) {
    toast(details.not_redrivable_because || 'AWS does not accept a redrive of it.');
    return;
  }
  const attempts = timeline.attempts.length;
  dialog.open('Redrive this execution?', (body, close) => {
    const go = dialog.button('Redrive', 'primary', async () => {
      go.disabled = true;
      try {
        const plan = await post('redrive', { names: [row.name], dry_run: true });
        if (plan.eligible.length === 0) throw Object.assign(new Error(plan.refused[0]?.because ?? 'It cannot be redriven.'), { name: 'Refused' });
        await post('redrive', { names: [row.name], dry_run: false });
        close();
        toast('Redriven: it goes on from the state that failed.');
      } catch (error) {
        body.querySelector('.problem')?.remove();
        body.append(problem(error));
        go.disabled = false;
      }
    }, { autofocus: true });
    fill(body,
      h('p', {}, h('strong', {}, foreign(title(row))), details.job ? [' of ', foreign(details.job.repository)] : null),
      h('ul', {},
        h('li', {}, 'It goes on from ', details.state ? h('strong', {}, foreign(details.state)) : 'the state that failed', '; what succeeded before is not done again.'),
        h('li', {}, 'If its job still waits at GitHub, it is served by a new runner, which costs what a runner costs.'),
        h('li', {}, 'If its job is done or cancelled, the execution ends well without a runner.'),
        attempts > 1 ? h('li', {}, `It was redriven ${count(attempts - 1, 'time')} before.`) : null),
      details.error ? h('p', { class: 'note' }, 'It failed with ', h('strong', {}, foreign(details.error)), '. Where that has not been mended, it fails again.') : null,
      dialog.actions(dialog.button('Not now', 'quiet', close), go));
  });
}

/** Asks whether to cancel, and does; asks again where a job may be lost. */
export function cancel(context) {
  const { row } = context.data;
  if (context.fleet.read_only) return;
  dialog.open('Cancel this execution?', (body, close) => {
    const send = async (button, even) => {
      button.disabled = true;
      try {
        await post(`${of(row.name)}/cancel`, { even_if_running: even });
        close();
        toast('Cancelled: its runner is taken away.');
      } catch (error) {
        if (error.name === 'RunnerMayBeAtWork' && !even) stronger(error);
        else {
          body.querySelector('.problem')?.remove();
          body.append(problem(error));
          button.disabled = false;
        }
      }
    };
    const go = dialog.button('Cancel the execution', 'danger', () => send(go, false));
    fill(body,
      h('p', {}, h('strong', {}, foreign(title(row)))),
      h('ul', {},
        h('li', {}, 'No runner will come for its job any more: the job stays queued at GitHub until it is cancelled there, or this execution is redriven.'),
        h('li', {}, 'A runner that has not taken its job is removed first, so that no running job is lost.')),
      dialog.actions(dialog.button('Keep it', 'quiet', close, { autofocus: true }), go));

    const stronger = (error) => {
      const sure = h('input', { type: 'checkbox', id: 'sure', onchange: () => { stop.disabled = !sure.checked; } });
      const stop = dialog.button('Stop it all the same', 'danger', () => send(stop, true), { disabled: true });
      fill(body,
        h('p', { class: 'problem', role: 'alert' }, h('strong', {}, 'A job may be running. '), foreign(error.message)),
        h('p', {}, 'Stopping the task now ends that job in the middle of a step; GitHub shows it as failed after a while.'),
        h('p', {}, h('label', {}, sure, ' I know that the running job is lost.')),
        dialog.actions(dialog.button('Keep it', 'quiet', close), stop));
      body.querySelector('.quiet').focus();
    };
  });
}
