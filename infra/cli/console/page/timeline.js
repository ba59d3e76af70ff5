// The timeline: one band for the first run and one for each redrive, each with
// its own axis; in it a bar for each visit, with a bar for each try inside.

import { badge, fill, foreign, h } from './dom.js';
import { attempt, between, duration, word } from './format.js';
import { at } from './time.js';
import * as router from './router.js';

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 172800];

/** Builds the view. */
export function show(into, context, signal) {
  const bands = h('div', { class: 'bands' });
  into.append(bands);
  let painted = '';
  function update() {
    const { timeline } = context.data;
    const key = JSON.stringify([timeline.attempts, timeline.visits.map((visit) => [visit.ended, visit.end, visit.tries.map((one) => one.end)])]);
    const going = timeline.attempts.some((one) => one.ended === null);
    if (key === painted && !going) return;
    painted = key;
    const focused = bands.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const all = timeline.attempts.map((one, index) => band(one, timeline.attempts[index - 1], timeline.visits, context.name));
    fill(bands, all.length ? all : h('p', { class: 'faint' }, 'Nothing has happened yet.'));
    if (focused) [...bands.querySelectorAll('a[data-key]')].find((one) => one.dataset.key === focused)?.focus();
  }
  update();
  const timer = setInterval(() => { if (context.data.timeline.attempts.some((one) => one.ended === null)) update(); }, 1000);
  signal.addEventListener('abort', () => clearInterval(timer));
  return { update };
}

const ms = (time) => (time ? Date.parse(time) : Date.now());

/** Visits with some part in an attempt: entered in it, or left open by the one before. */
function within(of, visits) {
  return visits.filter((visit) => visit.attempt === of.number
    || (visit.attempt < of.number && (visit.tries.some((one) => one.attempt === of.number) || (ms(visit.ended) > Date.parse(of.started) && visit.tries.length === 0))));
}

function band(of, before, visits, name) {
  const mine = within(of, visits);
  const from = Date.parse(of.started);
  const to = Math.max(ms(of.ended), from + 1);
  const span = (to - from) / 1000;
  const id = `attempt-${of.number}`;
  const place = (element, start, end) => {
    const left = Math.max(0, Math.min(1, (start - from) / (to - from)));
    const right = Math.max(left, Math.min(1, (end - from) / (to - from)));
    element.style.setProperty('--from', `${left * 100}%`);
    element.style.setProperty('--wide', `${(right - left) * 100}%`);
    return element;
  };
  const rows = mine.map((visit) => {
    const again = visit.attempt < of.number;
    const start = again ? from : Date.parse(visit.entered);
    const last = visit.ended && ms(visit.ended) <= to ? ms(visit.ended) : to;
    // A visit that a redrive went on in ended in this band as its attempt did.
    const cut = visits.length && of.ended && ms(visit.ended) > ms(of.ended);
    const end = cut ? of.end : visit.end;
    const tries = visit.tries.filter((one) => one.attempt === of.number);
    const track = h('span', { class: 'track', 'aria-hidden': 'true' }, place(h('span', { class: `bar is-${end}` }), start, last),
      ...tries.map((one, index) => place(h('span', { class: `try is-${one.end}${index > 0 ? ' is-retry' : ''}`, title: `Try ${index + 1}: ${word(one.end)}${one.error ? `, ${one.error}` : ''}, ${duration(between(one.scheduled, one.ended))}` }),
        Date.parse(one.scheduled), one.ended ? ms(one.ended) : last)));
    return h('li', {}, h('a', { class: 'lane', href: router.state(name, visit.state), data: { key: `${of.number} ${visit.state} ${visit.entered}`, state: visit.state } },
      h('span', { class: 'who' }, badge(end, ''), h('span', { class: 'clip' }, foreign(visit.state)), h('span', { class: 'unseen' }, `, ${word(end)}, `), again ? h('span', { class: 'tag' }, 'continued') : null,
        tries.length > 1 ? h('span', { class: 'tag' }, `${tries.length} tries`) : null),
      track, h('span', { class: 'took' }, duration((last - start) / 1000))));
  });
  return h('section', { class: `band is-${of.end}`, 'aria-labelledby': id, data: { attempt: of.number } },
    h('div', { class: 'head' }, h('h2', { id }, attempt(of.number)), badge(of.end, word(of.end)),
      h('span', { class: 'faint' }, at(of.started), ' · ', duration(span), before?.ended ? ` · ${duration(between(before.ended, of.started))} after the end before it` : ''),
      of.error ? h('span', { class: 'error' }, foreign(of.error)) : null),
    axis(span), h('ol', { class: 'lanes' }, ...rows));
}

/** Ticks from the attempt's start. */
function axis(span) {
  const step = STEPS.find((one) => span / one <= 6) ?? Math.ceil(span / 6);
  const marks = [];
  for (let second = 0; second <= span * 0.94; second += step) {
    const mark = h('span', { class: 'tick' }, second === 0 ? '0' : duration(second));
    mark.style.setProperty('--from', `${(second / span) * 100}%`);
    marks.push(mark);
  }
  return h('div', { class: 'axis', 'aria-hidden': 'true' }, h('span', { class: 'track' }, ...marks));
}
