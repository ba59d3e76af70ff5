// The list's filters: a form whose values are the query of the page's address.

import { h } from './dom.js';
import { word } from './format.js';

/** What the list can be filtered by, as the server names it. */
export const FIELDS = ['q', 'status', 'kind', 'repository', 'error', 'hours', 'sort', 'order'];

const STATUS = [['', 'Any status'], ['RUNNING', 'Running'], ['FAILED,TIMED_OUT,ABORTED', 'Failed, timed out, stopped'],
  ['FAILED', 'Failed'], ['TIMED_OUT', 'Timed out'], ['ABORTED', 'Stopped'], ['SUCCEEDED', 'Succeeded']];
const KINDS = ['starting', 'task_starting', 'runner', 'git_hub_unavailable', 'rate_limited', 'retrying', 'capacity', 'next_runner',
  'verifying', 'failed', 'rejected', 'stopped'];
const HOURS = [['', 'Any time'], ['1', 'Last hour'], ['6', 'Last 6 hours'], ['24', 'Last 24 hours'], ['168', 'Last 7 days']];
const SORT = [['', 'Newest first'], ['started:asc', 'Oldest first'], ['stopped:desc', 'Ended last'], ['since:asc', 'Longest in its state']];

/** The filters that an address asks for. */
export function read(query) {
  return Object.fromEntries(FIELDS.map((field) => [field, query.get(field) ?? '']).filter(([, value]) => value));
}

/** Only what filters: without the order. */
export const only = ({ sort, order, ...filters }) => ({ ...filters });

const options = (pairs) => pairs.map(([value, text]) => h('option', { value }, text));

/** Builds the form; `changed(filters)` is called with all values. */
export function form(filters, changed) {
  const given = (pairs, value) => (value && !pairs.some(([known]) => known === value) ? [...pairs, [value, value]] : pairs);
  const q = h('input', { type: 'search', id: 'search', placeholder: 'Search repository, job, label, runner, error…', autocomplete: 'off', spellcheck: false,
    'aria-label': 'Search', 'aria-keyshortcuts': '/', value: filters.q ?? '' });
  const status = h('select', { 'aria-label': 'Status' }, options(given(STATUS, filters.status)));
  const kind = h('select', { 'aria-label': 'Waiting for' }, options(given([['', 'Any reason'], ...KINDS.map((one) => [one, word(one)])], filters.kind)));
  const repository = h('input', { type: 'text', placeholder: 'owner/name', 'aria-label': 'Repository', autocomplete: 'off', spellcheck: false, value: filters.repository ?? '' });
  const error = h('input', { type: 'text', placeholder: 'Error', 'aria-label': 'Error', autocomplete: 'off', spellcheck: false, value: filters.error ?? '' });
  const hours = h('select', { 'aria-label': 'Started' }, options(given(HOURS, filters.hours)));
  const sort = h('select', { 'aria-label': 'Order' }, options(SORT));
  status.value = filters.status ?? '';
  kind.value = filters.kind ?? '';
  hours.value = filters.hours ?? '';
  sort.value = filters.sort ? `${filters.sort}:${filters.order || 'desc'}` : '';
  if (sort.selectedIndex < 0) sort.value = '';

  const values = () => {
    const [by, order] = sort.value.split(':');
    const all = { q: q.value.trim(), status: status.value, kind: kind.value, repository: repository.value.trim(), error: error.value.trim(),
      hours: hours.value, sort: by, order };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value));
  };
  let timer;
  const soon = () => { clearTimeout(timer); timer = setTimeout(() => changed(values()), 200); };
  const now = () => { clearTimeout(timer); changed(values()); };
  const clear = h('button', { type: 'reset', class: 'quiet' }, 'Clear');
  const element = h('form', {
    class: 'filters', role: 'search', 'aria-label': 'Filter executions', oninput: soon, onchange: now,
    onsubmit: (event) => { event.preventDefault(); now(); },
    onreset: (event) => {
      event.preventDefault();
      for (const input of [q, repository, error]) input.value = '';
      for (const select of [status, kind, hours, sort]) select.value = '';
      now();
    },
  }, h('div', { class: 'search' }, q, h('kbd', { 'aria-hidden': 'true' }, '/')), status, kind, repository, error, hours, sort, clear);
  return { element, focus: () => { q.focus(); q.select(); } };
}
