// The fleet at a glance: how many jobs stand where, why they wait, how long a
// job waited for its runner, and what it all costs.

import { foreign, h, problem, say } from './dom.js';
import { count, duration, money, word } from './format.js';
import { get } from './api.js';
import { on, paced } from './live.js';
import { ago } from './time.js';
import * as reconciled from './reconciled.js';
import * as router from './router.js';

const HOURS = [[1, 'last hour'], [6, 'last 6 hours'], [24, 'last 24 hours'], [168, 'last 7 days'], [336, 'last 14 days']];

/** The select of a span of time; `chosen(hours)` when it changes. */
export function hoursSelect(hours, chosen) {
  const select = h('select', { 'aria-label': 'Span of time', onchange: () => chosen(Number(select.value)) },
    ...HOURS.map(([value, text]) => h('option', { value }, text)));
  select.value = String(hours);
  return select;
}

/** Builds the overview into `into`, and keeps it up to date. */
export function show(into, hours, chosen, signal) {
  const tiles = h('ul', { class: 'tiles', 'aria-label': 'Jobs by where they stand' });
  const reasons = h('ul', { class: 'reasons', 'aria-label': 'Why jobs wait' });
  const figures = h('dl', { class: 'figures' });
  const reading = h('p', { class: 'faint reading' });
  into.append(
    h('div', { class: 'head' }, h('h1', {}, 'Fleet'), hoursSelect(hours, chosen)),
    tiles,
    h('div', { class: 'split' },
      h('section', { class: 'card', 'aria-labelledby': 'waiting-title' }, h('h2', { id: 'waiting-title' }, 'Waiting for'), reasons),
      h('section', { class: 'card', 'aria-labelledby': 'figures-title' }, h('h2', { id: 'figures-title' }, 'From queued to started'), figures)),
    reading,
  );
  reconciled.show(into, hours, signal);
  let before = '';
  const fill = (of) => {
    if (signal.aborted) return;
    paintTiles(tiles, of);
    paintReasons(reasons, of.waiting);
    paintFigures(figures, of);
    reading.textContent = of.reading.read < of.reading.known
      ? `Read ${of.reading.read.toLocaleString()} of ${count(of.reading.known, 'execution')} so far: figures still grow.` : '';
    const now = `${count(of.running, 'job')} running, ${of.queued} queued, ${of.failed} failed`;
    if (before && before !== now) say(now);
    before = now;
  };
  const again = paced(1000, async () => {
    try {
      fill(await get('overview', { hours }, signal));
    } catch (error) {
      if (error.name !== 'AbortError') reasons.replaceChildren(h('li', {}, problem(error)));
    }
  }, signal);
  // The stream's own figures are for a day: other spans are asked for.
  on('overview', (data) => (hours === 24 ? fill(data) : again()), signal);
  on('again', again, signal);
  again();
}

const TILES = [
  ['queued', 'Queued', 'waiting', { status: 'RUNNING' }],
  ['running', 'Running', 'running', { status: 'RUNNING' }],
  ['failed', 'Failed', 'failed', { kind: 'failed' }],
  ['rejected', 'Rejected', 'caught', { kind: 'rejected' }],
  ['served', 'Served', 'succeeded', { status: 'SUCCEEDED' }],
];

function paintTiles(into, of) {
  if (!into.firstChild) {
    for (const [key, text, kind, filter] of TILES) {
      into.append(h('li', {}, h('a', { class: `tile is-${kind}`, href: router.fleet(filter), data: { key } },
        h('strong', {}, '–'), h('span', {}, text))));
    }
    into.append(h('li', {}, h('div', { class: 'tile', data: { key: 'cost' }, title: 'At list prices, of the jobs whose usage is known' },
      h('strong', {}, '–'), h('span', {}, 'Cost'))));
  }
  for (const tile of into.querySelectorAll('.tile')) {
    const key = tile.dataset.key;
    const value = key === 'cost' ? money(of.cost.total_usd) : of[key].toLocaleString();
    const strong = tile.querySelector('strong');
    if (strong.textContent !== value) strong.textContent = value;
    tile.classList.toggle('is-zero', of[key] === 0);
    if (key === 'cost') tile.querySelector('span').textContent = `Cost · ${of.cost.priced} of ${count(of.cost.jobs, 'job')}`;
  }
}

function paintReasons(into, waiting) {
  const focused = document.activeElement?.closest?.('.reasons a')?.dataset.kind;
  into.replaceChildren(...(waiting.length === 0 ? [h('li', { class: 'faint' }, 'No job waits.')] : waiting.map((reason) => h('li', {},
    h('a', { href: router.fleet({ kind: reason.kind }), data: { kind: reason.kind } },
      h('span', { class: 'number' }, reason.count.toLocaleString()),
      h('span', { class: 'what' }, h('strong', {}, word(reason.kind)), foreign(reason.sentence, { class: 'clip' })),
      reason.since ? h('span', { class: 'faint since' }, 'longest ', ago(reason.since)) : null)))));
  if (focused) [...into.querySelectorAll('a')].find((one) => one.dataset.kind === focused)?.focus();
}

function paintFigures(into, of) {
  const times = of.time_to_start;
  const rows = [['half of them', 'p50'], ['90 of 100', 'p90'], ['99 of 100', 'p99'], ['slowest', 'max']];
  const most = Math.max(times?.max ?? 0, 0.001);
  into.replaceChildren(...rows.flatMap(([text, key]) => {
    const bar = h('span', { class: 'meter' });
    bar.style.setProperty('--part', `${Math.min(100, ((times?.[key] ?? 0) / most) * 100)}%`);
    return [h('dt', {}, key === 'max' ? 'max' : key, h('span', { class: 'faint' }, ` ${text}`)),
      h('dd', {}, bar, h('span', { class: 'value' }, times ? duration(times[key]) : '–'))];
  }));
  into.append(h('dt', { class: 'faint' }, 'measured'), h('dd', {}, h('span', { class: 'value faint' }, count(times?.count ?? 0, 'job'))));
}
