// One row of the list: built once, then only what changed is written.

import { badge, foreign, h } from './dom.js';
import { ENDS, age, duration, between, money, size, word } from './format.js';
import { ago } from './time.js';
import * as router from './router.js';

/** The list's columns, after the one to select by. */
export const COLUMNS = ['Status', 'Job', 'Reason or outcome', 'State', 'Size', 'Started', 'Took', 'Cost'];

/** What a row's job is called. */
export const title = (row) => (row.details?.job ? row.details.job.name || `job ${row.details.job.id}` : row.name);

/** Whether a redrive may be asked for. */
export const redrivable = (row) => ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(row.status);

/** The cells of a row, the check box left out. */
function cells(row) {
  const details = row.details ?? {};
  const job = details.job;
  const why = details.waiting;
  const reason = why ? [h('strong', { class: `kind kind-${why.kind}` }, word(why.kind)), ' ', foreign(why.sentence)]
    : details.outcome ? [h('strong', {}, word(details.outcome)), ' ', foreign(details.detail ?? '')]
      : details.error ? [h('strong', {}, foreign(details.error)), ' ', foreign(details.message ?? '')] : [row.details ? '–' : 'not read yet'];
  return [
    [h('div', { class: 'status' }, badge(ENDS[row.status] ?? 'waiting', word(ENDS[row.status] ?? row.status)),
      row.redrive_count > 0 ? h('span', { class: 'tag', title: 'How often it was redriven' }, `redriven ${row.redrive_count}×`) : null)],
    [h('a', { class: 'job', href: router.execution(row.name) }, foreign(title(row))),
      h('div', { class: 'faint sub' }, job ? foreign(job.repository) : '', job?.workflow ? [' · ', foreign(job.workflow)] : '',
        ...(job?.labels ?? []).slice(0, 6).map((label) => h('span', { class: 'label' }, foreign(label))))],
    [h('div', { class: 'clip two', title: why?.sentence ?? details.detail ?? details.message ?? '' }, reason)],
    [foreign(details.state ?? '–'), row.status === 'RUNNING' && details.since ? h('div', { class: 'faint sub' }, 'for ', ago(details.since)) : null],
    [size(details.size).split(' · ').slice(0, 2).join(' · '), details.size?.architecture ? h('div', { class: 'faint sub' }, size(details.size).split(' · ').slice(2).join(' · ')) : null],
    [ago(row.started)],
    [row.stopped ? duration(between(row.started, row.stopped)) : h('span', { class: 'faint' }, '…')],
    [money(row.cost_usd)],
  ];
}

/** What a row shows, in one text: equal texts need no new cells. */
const shown = (row) => JSON.stringify([row.status, row.redrive_count, row.stopped, row.details, row.cost_usd]);

/** A new row. */
export function build(row, selected, select) {
  const box = h('input', { type: 'checkbox', 'aria-label': `Select ${title(row)}`, checked: selected });
  box.addEventListener('change', () => select(row.name, box.checked));
  const tr = h('tr', { data: { name: row.name } }, h('td', { class: 'pick' }, box),
    ...COLUMNS.map((column, at) => h(at === 1 ? 'th' : 'td', { data: { column }, scope: at === 1 ? 'row' : undefined })));
  tr.shown = '';
  write(tr, row);
  return tr;
}

/** Writes a newer row into its element; what is the same stays, the focus too. */
export function write(tr, row) {
  const now = shown(row);
  tr.row = row;
  if (tr.shown === now) return false;
  const fresh = tr.shown !== '' && tr.dataset.status !== row.status;
  tr.shown = now;
  tr.dataset.status = row.status;
  cells(row).forEach((content, at) => {
    const cell = tr.children[at + 1];
    const next = content.filter((one) => one !== null);
    const old = cell.querySelector('a.job');
    const link = next.find?.((one) => one.matches?.('a.job'));
    if (old && link) {
      if (old.textContent !== link.textContent) old.replaceChildren(...link.childNodes);
      while (old.nextSibling) old.nextSibling.remove();
      cell.append(...next.slice(1));
    } else cell.replaceChildren(...next);
  });
  if (fresh) {
    tr.classList.remove('changed');
    requestAnimationFrame(() => tr.classList.add('changed'));
  }
  return true;
}

/** A row's words for people who listen. */
export const spoken = (row) => `${title(row)}: ${word(ENDS[row.status] ?? row.status)}, ${row.details?.state ?? ''} ${row.details?.since ? age(row.details.since) : ''}`;
