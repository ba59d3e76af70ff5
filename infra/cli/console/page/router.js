// Addresses of views, all behind the hash: `#/` with the list's filters as a
// query, `#/executions/NAME` with the view behind it.

const decode = (part) => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** Reads a hash: `{ view, name, tab, state, query }`. */
export function read(hash = location.hash) {
  const [path, words = ''] = hash.replace(/^#/, '').split('?');
  const parts = path.split('/').filter(Boolean).map(decode);
  const query = new URLSearchParams(words);
  if (parts[0] !== 'executions' || !parts[1]) return { view: 'fleet', query };
  const [, name, tab = 'graph', state] = parts;
  if (tab === 'states') return { view: 'execution', name, tab: 'graph', state, query };
  return { view: 'execution', name, tab: TABS.includes(tab) ? tab : 'graph', query };
}

/** The views of an execution, in the order of their keys. */
export const TABS = ['graph', 'timeline', 'table', 'events', 'log'];

/** The address of the list with these filters. */
export function fleet(filters = {}) {
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value));
  const words = query.toString();
  return words ? `#/?${words}` : '#/';
}

/** The address of an execution's view. */
export function execution(name, tab = 'graph', query = '') {
  const path = `#/executions/${encodeURIComponent(name)}${tab === 'graph' ? '' : `/${tab}`}`;
  return query ? `${path}?${query}` : path;
}

/** The address of a state in an execution's graph. */
export const state = (name, of) => `#/executions/${encodeURIComponent(name)}/states/${encodeURIComponent(of)}`;

/** Goes there; `replace` leaves no step in the browser's history. */
export function go(hash, replace = false) {
  if (location.hash === hash) return;
  if (replace) {
    history.replaceState(null, '', hash);
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else location.hash = hash;
}
