// The page: reads which fleet this is, then shows the view that the address
// asks for. A view ends by its signal: its listeners and requests end with it.

import { fill, foreign, h, problem } from './dom.js';
import { get, setToken } from './api.js';
import { follow, on } from './live.js';
import * as router from './router.js';
import * as theme from './theme.js';
import * as keys from './keys.js';
import * as overview from './overview.js';
import * as list from './list.js';
import * as execution from './execution.js';

const main = document.getElementById('main');
let fleet = null;
let shown = { key: null, leave: null, view: null };

function leave() {
  shown.leave?.abort();
  shown = { key: null, leave: new AbortController(), view: null };
  main.replaceChildren();
}

/** The list's own filters changed by hand do not build the view anew; a new address does. */
function route() {
  const to = router.read();
  const key = to.view === 'fleet' ? `fleet ${location.hash}` : `execution ${to.name}`;
  if (shown.key === key) {
    shown.view?.follow?.(to);
    return;
  }
  const first = shown.key === null;
  leave();
  shown.key = key;
  const { signal } = shown.leave;
  if (to.view === 'fleet') {
    follow();
    document.title = `${fleet.fleet} · jit-runners console`;
    sessionStorage.setItem('list', location.hash || '#/');
    const top = h('section', { class: 'overview' });
    const bottom = h('div');
    main.append(top, bottom);
    const span = (hours) => { top.replaceChildren(); spans?.abort(); spans = new AbortController(); signal.addEventListener('abort', () => spans.abort()); overview.show(top, hours, span, spans.signal); };
    let spans;
    span(Number(to.query.get('span')) || 24);
    list.show(bottom, to.query, fleet, signal);
  } else {
    follow(to.name);
    shown.view = execution.show(main, to.name, fleet, signal);
    shown.view.follow(to);
  }
  if (!first) {
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }
}

async function begin() {
  theme.begin(document.getElementById('theme'));
  document.getElementById('help').addEventListener('click', keys.help);
  keys.bind('?', 'These keys', keys.help);
  try {
    fleet = await get('fleet');
  } catch (error) {
    fill(main, h('h1', {}, 'The console cannot be used'), problem(error), h('p', {}, h('button', { type: 'button', class: 'primary', onclick: () => location.reload() }, 'Try again')));
    return;
  }
  setToken(fleet.csrf);
  fill(document.getElementById('fleet'), foreign(fleet.fleet), h('span', { class: 'faint' }, ' · ', fleet.local ? 'this machine' : foreign(fleet.region)));
  document.getElementById('read-only').hidden = !fleet.read_only;
  const trouble = document.getElementById('trouble');
  on('trouble', ({ message }) => {
    trouble.hidden = message === null;
    fill(trouble, message === null ? null : [h('strong', {}, 'AWS cannot be read. '), foreign(message)]);
  });
  addEventListener('hashchange', route);
  route();
}

begin();
