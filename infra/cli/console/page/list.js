// The list of executions: a hundred at a time, kept up to date in place, so
// that focus, scroll position and selection stay where they are.

import { h, problem, say } from './dom.js';
import { count } from './format.js';
import { get } from './api.js';
import { on, paced } from './live.js';
import * as filters from './filters.js';
import * as router from './router.js';
import { COLUMNS, build, redrivable, spoken, write } from './row.js';
import { selection } from './selection.js';
import { bind } from './keys.js';

const PAGE = 100;

/** Builds the list into `into`. */
export function show(into, query, fleet, signal) {
  let wanted = filters.read(query);
  let offset = Number(query.get('offset')) || 0;
  let answer = { rows: [], total: 0, matched: 0 };
  const body = h('tbody');
  const status = h('p', { class: 'faint count', 'aria-live': 'polite' });
  const empty = h('div', { class: 'empty', hidden: true });
  const pages = h('nav', { class: 'pages', 'aria-label': 'Pages' });
  const all = h('input', { type: 'checkbox', 'aria-label': 'Select all rows of this page' });
  const table = h('table', { class: 'rows', 'aria-label': 'Executions' },
    h('thead', {}, h('tr', {}, h('th', { scope: 'col', class: 'pick' }, all),
      ...COLUMNS.map((column) => h('th', { scope: 'col' }, column)))), body);

  const picked = selection(fleet, () => ({ filters: filters.only(wanted), rows: answer.rows, matched: answer.matched }), () => {
    for (const tr of body.children) tr.querySelector('input').checked = picked.has(tr.dataset.name);
    all.checked = body.children.length > 0 && answer.rows.every((row) => picked.has(row.name));
  });
  all.addEventListener('change', () => picked.set(answer.rows.map((row) => row.name), all.checked));

  const address = (at) => {
    const words = { ...wanted };
    if (at > 0) words.offset = String(at);
    return router.fleet(words);
  };
  let asking = new AbortController();
  signal.addEventListener('abort', () => asking.abort());
  const load = async () => {
    asking.abort();
    asking = new AbortController();
    try {
      const next = await get('executions', { ...wanted, offset, limit: PAGE }, asking.signal);
      answer = next;
      paint();
    } catch (error) {
      if (error.name === 'AbortError') return;
      empty.hidden = false;
      empty.replaceChildren(problem(error));
    }
  };
  const reload = paced(1000, load, signal);

  const search = filters.form(wanted, (next) => {
    wanted = next;
    offset = 0;
    picked.clear();
    // No new view for a letter typed: only the address changes.
    history.replaceState(null, '', address(0));
    sessionStorage.setItem('list', location.hash);
    load();
  });

  function paint() {
    const known = new Map([...body.children].map((tr) => [tr.dataset.name, tr]));
    const focused = document.activeElement;
    const names = new Set(answer.rows.map((row) => row.name));
    for (const [name, tr] of known) if (!names.has(name)) tr.remove();
    let here = body.firstElementChild;
    for (const row of answer.rows) {
      let tr = known.get(row.name);
      if (tr) write(tr, row);
      else tr = build(row, picked.has(row.name), picked.pick);
      if (tr === here) here = here.nextElementSibling;
      else body.insertBefore(tr, here);
    }
    if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
    table.hidden = answer.rows.length === 0;
    empty.hidden = answer.rows.length > 0;
    if (answer.rows.length === 0) {
      empty.replaceChildren(answer.total === 0
        ? h('p', {}, 'No execution yet: the first queued job with one of the fleet’s labels shows up here.')
        : h('p', {}, `None of ${count(answer.total, 'execution')} matches these filters.`));
    }
    const to = Math.min(offset + answer.rows.length, answer.matched);
    const text = answer.rows.length === 0 ? '' : `${(offset + 1).toLocaleString()}–${to.toLocaleString()} of ${answer.matched.toLocaleString()}`
      + (answer.matched === answer.total ? '' : ` (${answer.total.toLocaleString()} in all)`);
    if (status.textContent !== text) status.textContent = text;
    const step = (name, at, may) => (may ? h('a', { href: address(at), class: 'button quiet', data: { page: name } }, name)
      : h('span', { class: 'button quiet off', 'aria-disabled': 'true' }, name));
    const key = `${offset} ${answer.matched > offset + PAGE} ${JSON.stringify(wanted)}`;
    if (pages.dataset.key !== key) {
      pages.dataset.key = key;
      pages.replaceChildren(step('Newer', Math.max(0, offset - PAGE), offset > 0), step('Older', offset + PAGE, offset + PAGE < answer.matched));
      if (wanted.sort || wanted.order) { pages.firstChild.textContent = 'Previous'; pages.lastChild.textContent = 'Next'; }
    }
    picked.refresh();
  }

  // Arrow keys of the mail kind: j and k go through the rows.
  const links = () => [...body.querySelectorAll('a.job')];
  const move = (by) => {
    const all = links();
    const at = all.findIndex((link) => link.closest('tr').contains(document.activeElement));
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
    next?.focus();
    next?.closest('tr').scrollIntoView({ block: 'nearest' });
  };
  const current = () => document.activeElement?.closest?.('tr[data-name]')?.row;
  bind('/', 'Search', search.focus, signal);
  bind('j', 'Next execution', () => move(1), signal);
  bind('k', 'Previous execution', () => move(-1), signal);
  bind('x', 'Select the execution', () => { const row = current(); if (row) picked.pick(row.name, !picked.has(row.name)); picked.refresh(); }, signal);
  bind('r', 'Redrive the selected executions, or this one', () => {
    const row = current();
    if (!picked.any() && row && redrivable(row)) picked.pick(row.name, true);
    picked.redrive();
  }, signal);

  body.addEventListener('click', (event) => {
    const tr = event.target.closest('tr');
    if (!tr || event.target.closest('a, input, label, button') || String(getSelection())) return;
    tr.querySelector('a.job').click();
  });
  into.append(h('section', { 'aria-labelledby': 'list-title' },
    h('div', { class: 'head' }, h('h2', { id: 'list-title' }, 'Executions'), status),
    search.element, picked.element, h('div', { class: 'scroll' }, table), empty, pages));

  on('rows', ({ rows }) => {
    const newer = new Map(rows.map((row) => [row.name, row]));
    answer.rows = answer.rows.map((row) => (newer.has(row.name) ? { cost_usd: row.cost_usd, ...newer.get(row.name) } : row));
    const shown = new Map([...body.children].map((tr) => [tr.dataset.name, tr]));
    for (const row of rows) {
      const tr = shown.get(row.name);
      // The stream's rows have no price; the next answer of the list has.
      if (tr && write(tr, { cost_usd: tr.row.cost_usd, ...row }) && tr.contains(document.activeElement)) say(spoken(row));
    }
    picked.refresh();
    reload();
  }, signal);
  on('operation', (operation) => picked.progress(operation), signal);
  on('again', reload, signal);
  load();
}
