// One execution: its header, its views, and what is selected in them. It is
// fetched again when the stream says that it changed.

import { fill, foreign, h, problem, say } from './dom.js';
import { ENDS, word } from './format.js';
import { get, of } from './api.js';
import { on, paced } from './live.js';
import * as router from './router.js';
import { paint as paintHeader } from './header.js';
import { title } from './row.js';
import { bind } from './keys.js';
import * as redrive from './redrive.js';
import * as graph from './graph.js';
import * as timeline from './timeline.js';
import * as visits from './visits.js';
import * as events from './events.js';
import * as log from './log.js';

const NAMES = { graph: 'Graph', timeline: 'Timeline', table: 'Table', events: 'Events', log: 'Log' };
const VIEWS = { graph, timeline, table: visits, events, log };

/** Builds the view of an execution; the answer's `route` follows the address within it. */
export function show(into, name, fleet, signal) {
  const header = h('div', { class: 'header' });
  const tabs = h('nav', { class: 'tabs', 'aria-label': 'Views of the execution' });
  const place = h('div', { class: 'view' });
  into.append(header, tabs, place);
  header.append(h('h1', {}, foreign(name)));
  const context = { name, fleet, data: null, route: null, signal };
  let view = null;
  let leave = null;

  const links = Object.fromEntries(router.TABS.map((tab) => [tab, h('a', { href: router.execution(name, tab) }, NAMES[tab])]));
  tabs.append(...Object.values(links));

  function follow(route) {
    const other = context.route?.tab !== route.tab;
    context.route = route;
    for (const [tab, link] of Object.entries(links)) {
      if (tab === route.tab) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    if (!context.data) return;
    if (!other && view) {
      view.route?.(route);
      return;
    }
    leave?.abort();
    leave = new AbortController();
    signal.addEventListener('abort', () => leave.abort());
    place.replaceChildren();
    place.dataset.tab = route.tab;
    view = VIEWS[route.tab].show(place, context, leave.signal);
  }

  const load = async () => {
    try {
      const before = context.data?.row.status;
      const data = await get(of(name), {}, signal);
      const first = context.data === null;
      context.data = data;
      paintHeader(header, context);
      document.title = `${title(data.row)} · jit-runners console`;
      if (first) {
        const { route } = context;
        context.route = null;
        follow(route);
      } else view?.update?.();
      if (before && before !== data.row.status) say(`The execution is ${word(ENDS[data.row.status])}.`);
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (!context.data) fill(place, problem(error), h('p', {}, h('a', { href: '#/' }, 'Back to the list')));
    }
  };
  const again = paced(400, load, signal);
  on('execution', (change) => { if (change.name === name) again(); }, signal);
  on('rows', ({ rows }) => { if (rows.some((row) => row.name === name)) again(); }, signal);
  on('again', again, signal);

  const tab = (key, which) => bind(key, NAMES[which], () => { router.go(router.execution(name, which)); links[which].focus(); }, signal);
  tab('g', 'graph');
  tab('t', 'timeline');
  tab('v', 'table');
  tab('e', 'events');
  tab('l', 'log');
  bind('r', 'Redrive', () => redrive.ask(context), signal);
  bind('u', 'Back to the list', () => router.go(sessionStorage.getItem('list') ?? '#/'), signal);
  again();
  return { follow };
}
