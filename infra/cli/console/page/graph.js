// The graph: the server's picture as nodes of this page, coloured live, with
// the selected state, or the task's log, beside it.

import { badge, fill, h, problem } from './dom.js';
import { of, text } from './api.js';
import { count, word } from './format.js';
import { paced } from './live.js';
import { morph } from './morph.js';
import { zoom } from './zoom.js';
import * as exported from './export.js';
import * as log from './log.js';
import * as router from './router.js';
import * as state from './state.js';

const OWN = ['style', 'tabindex', 'role', 'aria-label', 'aria-pressed', 'data-width', 'data-height'];
const DIRECTIONS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** The picture without anything that could act, whatever a definition held. */
export function parse(source) {
  const picture = new DOMParser().parseFromString(source, 'image/svg+xml');
  const svg = picture.documentElement;
  if (svg.localName !== 'svg') throw new Error('the graph is no SVG');
  for (const bad of svg.querySelectorAll('script, foreignObject, style, a, image, use, animate, set')) bad.remove();
  for (const element of [svg, ...svg.querySelectorAll('*')]) {
    for (const { name } of [...element.attributes]) if (/^on|href$|^style$/i.test(name)) element.removeAttribute(name);
  }
  // Words of one state are read one after the other, not as one.
  for (const words of svg.querySelectorAll('[data-state] text')) words.append(' ');
  const [, , width, height] = (svg.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number);
  svg.setAttribute('width', width || svg.getAttribute('width'));
  svg.setAttribute('height', height || svg.getAttribute('height'));
  svg.dataset.width = svg.getAttribute('width');
  svg.dataset.height = svg.getAttribute('height');
  return document.importNode(svg, true);
}

/** Builds the view. */
export function show(into, context, signal) {
  const box = h('div', { class: 'graph', tabIndex: -1 });
  const side = h('section', { class: 'side card' });
  let svg = null;
  let beside = null;
  let shown = null;
  const view = zoom(box, () => svg, signal, () => find(context.data.timeline.visits.at(-1)?.state) ?? nodes()[0]);
  const tool = (label, what, action) => h('button', { type: 'button', class: 'quiet', 'aria-label': what, title: what, onclick: action }, label);
  const tools = h('div', { class: 'tools', role: 'toolbar', 'aria-label': 'Graph' },
    tool('−', 'Zoom out', () => view.by(1 / 1.25)), tool('+', 'Zoom in', () => view.by(1.25)), tool('Fit', 'Fit the graph', view.fit),
    h('span', { class: 'grow' }),
    tool('SVG', 'Save the graph as SVG', () => exported.svg(context.name)), tool('PNG', 'Save the graph as PNG', () => exported.png(context.name)));
  const legend = h('ul', { class: 'legend', 'aria-label': 'Legend' }, ...['running', 'succeeded', 'failed', 'caught', 'aborted'].map((one) => h('li', {}, badge(one, word(one)))));
  into.append(h('div', { class: 'beside' }, h('section', { class: 'card picture', 'aria-label': 'Graph' }, tools, box, legend), side));

  const nodes = () => (svg ? [...svg.querySelectorAll('[data-state]')] : []);
  const find = (name) => nodes().find((node) => node.dataset.state === name);

  /** Names, roles and one stop of the Tab key for all states. */
  function label() {
    const { states } = context.data;
    const all = nodes();
    const chosen = context.route.state;
    const stop = all.find((node) => node === document.activeElement) ?? find(chosen) ?? all.find((node) => states[node.dataset.state]?.end === 'running') ?? all[0];
    for (const node of all) {
      const view = states[node.dataset.state];
      const words = [node.dataset.state, view ? word(view.end) : 'not visited'];
      if (view && view.visits > 1) words.push(count(view.visits, 'visit'));
      if (view?.retries) words.push(view.retries === 1 ? '1 retry' : `${view.retries} retries`);
      if (view?.redrives) words.push(count(view.redrives, 'redrive'));
      const drawn = [...node.querySelectorAll('text')].map((one) => one.textContent.trim()).join(' ');
      const spoken = words.join(', ') + (drawn === node.dataset.state ? '' : `. ${drawn}`);
      const set = (key, value) => { if (node.getAttribute(key) !== value) node.setAttribute(key, value); };
      set('role', 'button');
      set('aria-label', spoken);
      set('aria-pressed', String(node.dataset.state === chosen));
      set('tabindex', node === stop ? '0' : '-1');
      node.dataset.end = view?.end ?? 'none';
    }
  }

  const draw = paced(300, async () => {
    try {
      const fresh = parse(await text(`${of(context.name)}/graph.svg`, signal));
      if (signal.aborted) return;
      if (svg) morph(svg, fresh, OWN);
      else {
        svg = fresh;
        svg.setAttribute('role', 'group');
        svg.setAttribute('aria-label', 'States: arrow keys move, Enter opens');
        box.replaceChildren(svg);
        view.begin();
      }
      label();
      view.follow();
    } catch (error) {
      if (error.name !== 'AbortError' && !svg) fill(box, problem(error));
    }
  }, signal);

  /** The state that is nearest in a direction. */
  function neighbour(from, [dx, dy]) {
    const middle = (node) => { const { left, top, width, height } = node.getBoundingClientRect(); return [left + width / 2, top + height / 2]; };
    const [x, y] = middle(from);
    let best = null;
    let least = Infinity;
    for (const node of nodes()) {
      if (node === from) continue;
      const [nx, ny] = middle(node);
      const ahead = (nx - x) * dx + (ny - y) * dy;
      const aside = Math.abs((nx - x) * dy) + Math.abs((ny - y) * dx);
      if (ahead < 4 || aside > ahead * 3) continue;
      const far = ahead + aside * 1.5;
      if (far < least) { least = far; best = node; }
    }
    return best;
  }

  box.addEventListener('click', (event) => {
    const node = event.target.closest('[data-state]');
    if (node) router.go(router.state(context.name, node.dataset.state));
  });
  box.addEventListener('keydown', (event) => {
    const node = event.target.closest?.('[data-state]');
    const keys = { '+': () => view.by(1.25), '=': () => view.by(1.25), '-': () => view.by(1 / 1.25), 0: view.fit };
    if (node && DIRECTIONS[event.key]) {
      const next = neighbour(node, DIRECTIONS[event.key]);
      if (next) { next.focus({ preventScroll: true }); view.reveal(next); label(); }
    } else if (node && (event.key === 'Enter' || event.key === ' ')) router.go(router.state(context.name, node.dataset.state));
    else if (keys[event.key] && !event.ctrlKey && !event.metaKey) keys[event.key]();
    else if (event.key === 'Escape' && context.route.state) router.go(router.execution(context.name));
    else return;
    event.preventDefault();
  });

  /** What stands beside the graph: the selected state, else the log. */
  function route() {
    if (svg) label();
    const name = context.route.state ?? null;
    if (beside && shown === name) return;
    beside?.leave.abort();
    shown = name;
    const leave = new AbortController();
    signal.addEventListener('abort', () => leave.abort());
    side.replaceChildren();
    side.classList.toggle('is-state', name !== null);
    side.setAttribute('aria-label', name === null ? 'Log' : `State ${name}`);
    beside = { leave, view: name === null ? log.show(side, context, leave.signal) : state.show(side, context, leave.signal) };
    const node = name === null ? null : find(name);
    if (node) view.reveal(node);
  }
  function update() {
    if (svg) label();
    draw();
    beside?.view?.update?.();
  }
  route();
  draw();
  return { route, update };
}
