// Logs: of the task, or of one function as far as it speaks of this job.
// Followed live while the end is in sight; at most so many lines are kept.

import { h } from './dom.js';
import { count, exact, full } from './format.js';
import { get, of } from './api.js';
import { line } from './ansi.js';
import * as router from './router.js';

const MOST = 5000;

/** Builds the log, as a view of its own or beside the graph. */
export function show(into, context, signal) {
  const full_view = context.route.tab === 'log';
  let source = context.route.query.get('source') ?? 'task';
  let after = null;
  let turn = 0;
  let timer;
  const lines = h('div', { class: 'lines', tabIndex: 0, role: 'log', 'aria-label': 'Log lines', 'aria-live': 'off' });
  const note = h('p', { class: 'faint note-line' });
  const total = h('span', { class: 'faint', 'aria-live': 'off' });
  const follow = h('input', { type: 'checkbox', checked: true, onchange: () => { if (follow.checked) end(); } });
  const sources = ['task', ...(context.data.functions ?? context.fleet.functions)];
  const select = h('select', { 'aria-label': 'Log of', onchange: () => {
    source = select.value;
    if (full_view) router.go(router.execution(context.name, 'log', source === 'task' ? '' : `source=${source}`), true);
    begin();
  } }, ...sources.map((one) => h('option', { value: one }, one === 'task' ? 'task' : `function ${one}`)));
  select.value = sources.includes(source) ? source : 'task';
  source = select.value;
  into.append(h('div', { class: 'head' }, full_view ? null : h('h2', {}, 'Log'), select, total, h('span', { class: 'grow' }), h('label', { class: 'follow' }, follow, ' Follow')), note, lines);
  into.classList.add('has-log');

  const end = () => { lines.scrollTop = lines.scrollHeight; };
  // Scrolling up stops the following; scrolling to the end takes it up again.
  lines.addEventListener('scroll', () => { follow.checked = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 24; });

  function begin() {
    turn += 1;
    after = null;
    lines.replaceChildren();
    ask(turn);
  }
  async function ask(mine) {
    clearTimeout(timer);
    try {
      const answer = await get(`${of(context.name)}/log`, { source, after }, signal);
      if (mine !== turn || signal.aborted) return;
      const stay = follow.checked;
      lines.append(...answer.lines.map((one) => h('div', { class: one.stream === 'stderr' ? 'line is-stderr' : 'line' }, h('time', { dateTime: one.at, title: full(one.at) }, exact(one.at)), h('code', {}, ...line(one.text)))));
      while (lines.children.length > MOST) lines.firstChild.remove();
      if (answer.lines.length && stay) end();
      after = answer.after ?? after;
      total.textContent = lines.children.length ? count(lines.children.length, 'line') : '';
      note.textContent = lines.children.length ? '' : answer.note ?? 'No line yet.';
    } catch (error) {
      if (error.name === 'AbortError' || mine !== turn) return;
      note.textContent = error.message;
    }
    if (!signal.aborted) timer = setTimeout(() => ask(mine), context.data.row.status === 'RUNNING' ? 1500 : 10_000);
  }
  signal.addEventListener('abort', () => clearTimeout(timer));
  begin();
  return { update: () => { if (context.data.row.status !== 'RUNNING') ask(turn); } };
}
