// Server-sent events. One stream for the fleet, or for one execution; views
// subscribe by the event's name and are told to fetch again after a gap.

const listeners = new Map();
let source;
let about = null;
let down = null;

/** Calls `listener` with each event of that name until `signal` aborts. */
export function on(name, listener, signal) {
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name).add(listener);
  signal?.addEventListener('abort', () => listeners.get(name).delete(listener));
}

function tell(name, data) {
  for (const listener of [...(listeners.get(name) ?? [])]) listener(data);
}

function state(connected) {
  if (down === !connected) return;
  down = !connected;
  const mark = document.getElementById('connection');
  mark.textContent = connected ? 'live' : 'reconnecting…';
  mark.classList.toggle('is-live', connected);
}

/** Follows the fleet, or also one execution. Cheap when nothing changes. */
export function follow(execution = null) {
  if (source && about === execution) return;
  about = execution;
  source?.close();
  source = new EventSource(execution === null ? 'api/events' : `api/events?execution=${encodeURIComponent(execution)}`);
  const mine = source;
  // What changed between a view's first fetch and the opening of its stream was
  // told to nobody, as in any gap: every opening is followed by a fetch.
  mine.addEventListener('open', () => { state(true); tell('again'); });
  mine.addEventListener('error', () => {
    if (mine !== source) return;
    state(false);
    // A browser gives up on an answer that is no event stream: this does not.
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => { if (mine === source) { source = null; follow(about); } }, 3000);
  });
  for (const name of ['overview', 'rows', 'execution', 'operation', 'trouble']) {
    mine.addEventListener(name, (event) => tell(name, JSON.parse(event.data)));
  }
}

/** A function that runs at once, then at most once in `milliseconds`. */
export function paced(milliseconds, work, signal) {
  let timer = null;
  let busy = false;
  let asked = false;
  const run = async () => {
    if (busy || timer !== null) { asked = true; return; }
    busy = true;
    asked = false;
    try { await work(); } finally { busy = false; }
    if (signal?.aborted) return;
    timer = setTimeout(() => { timer = null; if (asked) run(); }, milliseconds);
  };
  signal?.addEventListener('abort', () => clearTimeout(timer));
  return () => { if (!signal?.aborted) run(); };
}
