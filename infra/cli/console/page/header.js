// An execution's header: the job, where it stands and why, what runs it, what
// it costs, where to look besides, and what can be done.

import { badge, copy, fill, foreign, h, icon, outward } from './dom.js';
import { ENDS, between, count, duration, last, money, size, word } from './format.js';
import { ago, at } from './time.js';
import * as router from './router.js';
import * as redrive from './redrive.js';
import { redrivable, title } from './row.js';

const fact = (name, ...value) => h('div', { class: 'fact' }, h('dt', {}, name), h('dd', {}, ...value));

/** Paints the header anew where something in it changed. */
export function paint(into, context) {
  const { data, fleet } = context;
  const { row } = data;
  const key = JSON.stringify([row, data.cost, data.same_job, data.timeline.attempts.length]);
  if (into.dataset.key === key) return;
  const focused = into.contains(document.activeElement) ? document.activeElement.dataset.action : undefined;
  into.dataset.key = key;
  const details = row.details ?? {};
  const job = details.job;
  const end = ENDS[row.status] ?? 'waiting';
  const attempts = Math.max(1, data.timeline.attempts.length);
  fill(into,
    h('p', { class: 'crumbs' }, h('a', { href: sessionStorage.getItem('list') ?? '#/' }, 'Executions'), ' / ', job ? foreign(job.repository) : '', job?.workflow ? [' / ', foreign(job.workflow)] : null),
    h('div', { class: 'head' }, h('h1', {}, foreign(title(row))), badge(end, word(end)), h('span', { class: 'grow' }), actions(context)),
    reason(row),
    h('dl', { class: 'facts' },
      fact('Execution', h('code', {}, foreign(row.name)), copy(row.arn, 'the execution’s ARN')),
      job?.labels.length ? fact('Labels', ...job.labels.map((label) => h('span', { class: 'label' }, foreign(label)))) : null,
      job?.branch ? fact('Branch', foreign(job.branch)) : null,
      fact('Size', size(details.size)),
      details.runner ? fact('Runner', foreign(details.runner), copy(details.runner, 'the runner’s name')) : null,
      details.task ? fact('Task', h('code', {}, foreign(last(details.task))), details.task_status ? h('span', { class: 'tag' }, foreign(details.task_status)) : null, copy(details.task, 'the task’s ARN')) : null,
      fact('Started', at(row.started), h('span', { class: 'faint' }, ' (', ago(row.started), ' ago)')),
      row.stopped ? fact('Took', duration(between(row.started, row.stopped))) : fact('In', foreign(details.state ?? '–'), details.since ? [h('span', { class: 'faint' }, ' for ', ago(details.since))] : null),
      details.queue_to_start_seconds !== null && details.queue_to_start_seconds !== undefined ? fact('Queued to started', duration(details.queue_to_start_seconds)) : null,
      details.github_calls ? fact('Asked GitHub', count(details.github_calls, 'call')) : null,
      fact('Attempts', h('a', { href: router.execution(row.name, 'timeline') }, attempts === 1 ? 'first run' : `first run, ${count(attempts - 1, 'redrive')}`)),
      data.cost ? fact('Cost', h('span', { title: data.cost.lines.map((line) => `${line.what}: ${money(line.usd)}`).join('\n') }, money(data.cost.total_usd))) : null,
      fleet.version && data.version ? fact('Version', foreign(data.version)) : null,
      data.same_job.length ? fact('Same job', ...data.same_job.flatMap((name, at) => [at ? ', ' : '', h('a', { href: router.execution(name) }, foreign(name))])) : null,
      job?.url ? fact('GitHub', outward(job.url, `job ${job.id}`)) : null,
      data.aws_console ? fact('AWS', outward(data.aws_console, 'console')) : null),
    data.definition_is_current ? null : h('p', { class: 'note' }, 'The state machine was changed since: the graph shows the definition that this execution runs, also when it is redriven.'),
  );
  if (focused) into.querySelector(`[data-action="${focused}"]`)?.focus();
}

/** Why it waits, or how it ended, in one sentence. */
function reason(row) {
  const details = row.details ?? {};
  if (details.waiting) {
    const { kind, sentence, since, until } = details.waiting;
    const bad = ['failed', 'rejected', 'stopped'].includes(kind);
    return h('p', { class: `reason ${bad ? 'is-bad' : ''}` }, icon(bad ? 'failed' : 'waiting'), h('span', {}, h('strong', {}, word(kind)), ': ', foreign(sentence),
      /[.!?…]$/.test(sentence) ? '' : '.', until ? [' It goes on at ', at(until), '.'] : since ? [' Since ', ago(since), '.'] : null));
  }
  if (details.outcome) return h('p', { class: 'reason' }, icon('succeeded'), h('span', {}, h('strong', {}, word(details.outcome)), details.detail ? [': ', foreign(details.detail)] : null));
  return null;
}

function actions(context) {
  const { row } = context.data;
  if (context.fleet.read_only) return null;
  const details = row.details ?? {};
  if (row.status === 'RUNNING') {
    return h('button', { type: 'button', class: 'danger', data: { action: 'cancel' }, onclick: () => redrive.cancel(context) }, 'Cancel…');
  }
  if (!redrivable(row)) return null;
  const not = details.redrivable === false ? details.not_redrivable_because || 'AWS does not accept a redrive of it.' : undefined;
  return h('button', { type: 'button', class: 'primary', data: { action: 'redrive' }, 'aria-keyshortcuts': 'r', disabled: not !== undefined, title: not ?? '', onclick: () => redrive.ask(context) },
    icon('redrive'), 'Redrive…');
}
