// The table view: every visit of a state in order, with its attempt.

import { badge, fill, foreign, h } from './dom.js';
import { attempt, between, duration, word } from './format.js';
import { at } from './time.js';
import * as router from './router.js';

const COLUMNS = ['#', 'Attempt', 'State', 'Type', 'Result', 'Entered', 'Took', 'Tries', 'Error', 'Next'];

/** Builds the view. */
export function show(into, context) {
  const body = h('tbody');
  into.append(h('div', { class: 'scroll card', tabIndex: 0, role: 'region', 'aria-label': 'Visits' }, h('table', { class: 'visits', 'aria-label': 'Visits of states' },
    h('thead', {}, h('tr', {}, ...COLUMNS.map((column) => h('th', { scope: 'col' }, column)))), body)));
  let painted = '';
  function update() {
    const { visits, attempts } = context.data.timeline;
    const key = JSON.stringify([visits.length, attempts.length, visits.map((visit) => [visit.ended, visit.end, visit.tries.length])]);
    if (key === painted) return;
    painted = key;
    const focused = body.contains(document.activeElement) ? document.activeElement.textContent : null;
    let band = 0;
    fill(body, visits.flatMap((visit, index) => {
      const rows = [];
      for (; band < visit.attempt; band += 1) rows.push(divider(attempts[band], band + 1));
      rows.push(line(visit, index, context.name));
      return rows;
    }), attempts.slice(band).map((one) => divider(one, one.number)));
    if (focused) [...body.querySelectorAll('a')].find((link) => link.textContent === focused)?.focus();
  }
  update();
  return { update };
}

function divider(of, number) {
  return h('tr', { class: 'divider' }, h('th', { scope: 'rowgroup', colspan: COLUMNS.length }, attempt(number), ' ', of ? badge(of.end, word(of.end)) : null, ' ', of?.error ? h('span', { class: 'faint' }, foreign(of.error)) : null));
}

function line(visit, index, name) {
  const later = [...new Set(visit.tries.map((one) => one.attempt))].filter((one) => one > visit.attempt);
  return h('tr', { data: { state: visit.state } },
    h('td', { class: 'number' }, `${index + 1}`),
    h('td', {}, attempt(visit.attempt), later.length ? h('span', { class: 'tag' }, `continued by ${later.map(attempt).join(', ').toLowerCase()}`) : null),
    h('th', { scope: 'row' }, h('a', { href: router.state(name, visit.state) }, foreign(visit.state))),
    h('td', {}, visit.type), h('td', {}, badge(visit.end, word(visit.end))), h('td', {}, at(visit.entered)),
    h('td', { class: 'number' }, duration(between(visit.entered, visit.ended))), h('td', { class: 'number' }, visit.tries.length || '–'),
    h('td', {}, visit.error ? foreign(visit.error) : '–'), h('td', {}, visit.next ? foreign(visit.next) : '–'));
}
