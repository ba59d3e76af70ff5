// One state: its visits, and of each its input, output, variables, error,
// tries and events.

import { badge, copy, fill, foreign, h } from './dom.js';
import { attempt, between, count, duration, word } from './format.js';
import { at } from './time.js';
import * as json from './json.js';
import * as router from './router.js';

/** Builds the panel of the state that the address names. */
export function show(into, context, signal) {
  const name = context.route.state;
  const head = h('div', { class: 'head' }, h('h2', {}, foreign(name)), h('span', { class: 'mark' }), h('span', { class: 'grow' }),
    copy(() => location.href, 'a link to this state'),
    h('a', { class: 'button quiet', href: router.execution(context.name), 'aria-label': 'Close the state' }, '✕'));
  const choose = h('div', { class: 'choose' });
  const body = h('div', { class: 'visit' });
  into.append(head, choose, body);
  let chosen = null;
  let painted = '';

  function update() {
    if (signal.aborted) return;
    const visits = context.data.timeline.visits.filter((visit) => visit.state === name);
    const shown = visits[chosen ?? visits.length - 1];
    const key = JSON.stringify([visits.length, chosen, shown]);
    if (key === painted) return;
    painted = key;
    const view = context.data.states[name];
    head.querySelector('.mark').replaceChildren(view ? badge(view.end, word(view.end)) : badge('waiting', 'not visited'));
    paintChoice(visits, shown);
    const folded = new Map([...body.querySelectorAll('details[data-title]')].map((one) => [one.dataset.title, one.open]));
    if (!shown) fill(body, h('p', { class: 'faint' }, 'The execution has not been in this state.'));
    else fill(body, ...visit(shown, context));
    for (const one of body.querySelectorAll('details[data-title]')) if (folded.has(one.dataset.title)) one.open = folded.get(one.dataset.title);
  }

  function paintChoice(visits, shown) {
    if (visits.length < 2) { choose.replaceChildren(); return; }
    const focused = choose.contains(document.activeElement);
    const select = h('select', { 'aria-label': 'Visit', onchange: () => { chosen = Number(select.value); update(); } },
      ...visits.map((one, index) => h('option', { value: index }, `Visit ${index + 1} of ${visits.length}: ${attempt(one.attempt)}, ${word(one.end)}`)));
    select.value = String(visits.indexOf(shown));
    choose.replaceChildren(select);
    if (focused) select.focus();
  }
  update();
  return { update };
}

function visit(of, context) {
  const retries = Math.max(0, of.tries.length - new Set(of.tries.map((one) => one.attempt)).size);
  return [
    h('dl', { class: 'facts tight' },
      pair('Type', of.type), pair('Entered', at(of.entered), ` · ${attempt(of.attempt)}`), pair('Took', duration(between(of.entered, of.ended)), of.ended ? '' : ' so far'),
      of.tries.length ? pair('Tries', `${of.tries.length}`, retries ? ` (${retries === 1 ? '1 retry' : `${retries} retries`})` : '') : null,
      of.next ? pair('Next', h('a', { href: router.state(context.name, of.next) }, foreign(of.next))) : null,
      of.within.length ? pair('Within', ...of.within.map((one) => foreign(`${one.state}${one.iteration === null ? '' : ` #${one.iteration}`} `))) : null),
    of.error ? h('div', { class: of.end === 'caught' || of.end === 'succeeded' || of.end === 'running' ? 'problem mild' : 'problem' },
      h('strong', {}, foreign(of.error)), of.end === 'caught' ? ' (caught)' : of.end === 'succeeded' ? ' (before it succeeded)' : '') : null,
    json.block('Cause', of.cause, { cause: true }),
    of.tries.length ? tries(of) : null,
    json.block('Input', of.input),
    json.block('Output', of.output),
    Object.keys(of.assigned).length ? json.block('Assigned variables', assigned(of.assigned)) : null,
    h('p', { class: 'faint' }, h('a', { href: router.execution(context.name, 'events', `from=${of.events[0] ?? 1}`) }, `${count(of.events.length, 'event')}: ${of.events.slice(0, 12).join(', ')}${of.events.length > 12 ? ', …' : ''}`)),
  ];
}

const pair = (name, ...value) => h('div', { class: 'fact' }, h('dt', {}, name), h('dd', {}, ...value));

/** Variables are JSON texts each: one document of all. */
function assigned(of) {
  const values = Object.entries(of).map(([name, text]) => {
    try {
      return [name, JSON.parse(text)];
    } catch {
      return [name, text];
    }
  });
  return JSON.stringify(Object.fromEntries(values));
}

function tries(of) {
  const rows = of.tries.map((one, index) => {
    const again = index > 0 && of.tries[index - 1].attempt === one.attempt;
    return h('tr', {}, h('th', { scope: 'row' }, `${index + 1}`), h('td', {}, attempt(one.attempt), again ? h('span', { class: 'tag' }, 'retry') : null),
      h('td', {}, badge(one.end, word(one.end))), h('td', {}, at(one.scheduled)), h('td', {}, duration(between(one.scheduled, one.ended))));
  });
  const details = of.tries.map((one, index) => h('details', { class: 'try', data: { title: `Try ${index + 1}` } }, h('summary', {}, `Try ${index + 1}`, one.error ? [': ', foreign(one.error)] : null),
    json.block(`Cause of try ${index + 1}`, one.cause, { cause: true }), json.block(`Parameters of try ${index + 1}`, one.parameters, { open: false }),
    json.block(`First answer of try ${index + 1}`, one.submitted, { open: false }), json.block(`Result of try ${index + 1}`, one.output, { open: false })));
  return h('div', { class: 'tries' }, h('div', { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Tries' }, h('table', { 'aria-label': 'Tries of the task' },
    h('thead', {}, h('tr', {}, ...['Try', 'Attempt', 'Result', 'Scheduled', 'Took'].map((text) => h('th', { scope: 'col' }, text)))), h('tbody', {}, ...rows))), ...details);
}
