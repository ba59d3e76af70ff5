// The events of the history, 200 at a time; each can be opened.

import { foreign, h, problem } from './dom.js';
import { exact, full } from './format.js';
import { get, of } from './api.js';
import { paced } from './live.js';
import * as json from './json.js';
import * as router from './router.js';

const PAGE = 200;
const TEXTS = [['input', 'Input'], ['output', 'Output'], ['parameters', 'Parameters'], ['cause', 'Cause'], ['assignedVariables', 'Assigned variables']];

/** Builds the view; the address says from which event on. */
export function show(into, context, signal) {
  let order = 'asc';
  let from = Math.max(0, (Number(context.route.query.get('from')) || 1) - 1);
  let total = 0;
  const body = h('tbody');
  const said = h('span', { class: 'faint grow', 'aria-live': 'polite' });
  const turn = h('button', { type: 'button', class: 'quiet', onclick: () => { order = order === 'asc' ? 'desc' : 'asc'; from = 0; load(); } }, 'Newest first');
  const back = h('button', { type: 'button', class: 'quiet', onclick: () => { from = Math.max(0, from - PAGE); load(); } }, 'Previous');
  const on = h('button', { type: 'button', class: 'quiet', onclick: () => { from += PAGE; load(); } }, 'Next');
  const faults = h('div');
  into.append(h('div', { class: 'head' }, said, turn, back, on), faults,
    h('div', { class: 'scroll card', tabIndex: 0, role: 'region', 'aria-label': 'Event list' }, h('table', { class: 'events', 'aria-label': 'Events' },
      h('thead', {}, h('tr', {}, ...['#', 'Time', 'Event', 'State or service', 'Details'].map((text) => h('th', { scope: 'col' }, text)))), body)));

  const load = async () => {
    try {
      const answer = await get(`${of(context.name)}/events`, { offset: from, limit: PAGE, order }, signal);
      total = answer.total;
      const known = new Map([...body.children].map((row) => [row.dataset.id, row]));
      const rows = answer.events.map((event) => known.get(String(event.id)) ?? line(event, context.name));
      if (rows.length !== body.children.length || rows.some((row, at) => row !== body.children[at])) body.replaceChildren(...rows);
      said.textContent = total ? `Events ${(from + 1).toLocaleString()}–${(from + rows.length).toLocaleString()} of ${total.toLocaleString()}` : 'No events';
      turn.textContent = order === 'asc' ? 'Newest first' : 'Oldest first';
      back.disabled = from === 0;
      on.disabled = from + PAGE >= total;
      faults.replaceChildren();
    } catch (error) {
      if (error.name !== 'AbortError') faults.replaceChildren(problem(error));
    }
  };
  const again = paced(500, load, signal);
  again();
  return { update: again };
}

function line(event, name) {
  const texts = TEXTS.filter(([key]) => event[key]);
  const where = event.name ? h('a', { href: router.state(name, event.name) }, foreign(event.name)) : event.resource ? foreign([event.resourceType, event.resource].filter(Boolean).join(':')) : '–';
  const more = h('details', { ontoggle: () => { if (more.open && more.children.length === 1) more.append(...texts.map(([key, title]) => json.block(title, typeof event[key] === 'string' ? event[key] : JSON.stringify(event[key]), { cause: key === 'cause' }))); } },
    h('summary', {}, event.error ? foreign(event.error) : texts.map(([, title]) => title.toLowerCase()).join(', ')));
  return h('tr', { data: { id: String(event.id) }, class: /Failed|TimedOut|Aborted/.test(event.type) ? 'is-bad' : /Redriven/.test(event.type) ? 'is-redriven' : '' },
    h('td', { class: 'number' }, `${event.id}`), h('td', {}, h('time', { dateTime: event.at, title: full(event.at) }, exact(event.at))), h('th', { scope: 'row' }, event.type),
    h('td', {}, where), h('td', {}, texts.length || event.error ? more : '–'));
}
