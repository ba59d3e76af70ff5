// What was set right without a person: by the periods of the function reconcile,
// and by release, which lets the runners of jobs go that ended without them.

import { foreign, h, problem } from './dom.js';
import { count, last } from './format.js';
import { get } from './api.js';
import { ago } from './time.js';
import * as router from './router.js';

/** How often the functions' logs are asked. */
const EVERY = 15000;
const LINES = 8;

const KINDS = {
  redelivered: 'Delivery sent again', replayed: 'Dead letter replayed', redriven: 'Execution redriven',
  tasks_stopped: 'Task stopped', runners_deleted: 'Runner deleted', claims_removed: 'Claim removed',
  expired_removed: 'Expired item removed', jobs_started: 'Job started',
};

/** Builds the card into `into`, and keeps it up to date. */
export function show(into, hours, signal) {
  const said = h('p', { class: 'faint' }, 'Reading the functions’ logs…');
  const list = h('ul', { class: 'reasons', 'aria-label': 'What was set right' });
  into.append(h('section', { class: 'card reconciled', 'aria-labelledby': 'reconciled-title' },
    h('h2', { id: 'reconciled-title' }, 'Set right without a person'), said, list));
  const again = async () => {
    try {
      const report = await get('reconciled', { hours }, signal);
      said.textContent = sentence(report);
      list.replaceChildren(...things(report).slice(0, LINES).map(item));
    } catch (error) {
      if (error.name !== 'AbortError') said.replaceChildren(problem(error));
    }
  };
  const timer = setInterval(() => { if (!document.hidden) again(); }, EVERY);
  signal.addEventListener('abort', () => clearInterval(timer));
  again();
}

function sentence({ periods, sum, releases }) {
  if (periods === 0) return 'No period of reconcile has ended: is its schedule enabled? jit-runners doctor looks at it.';
  const words = [`${count(periods, 'period')}`, `${count(sum.github_calls, 'call')} to GitHub`, `${count(releases.length, 'runner')} let go`];
  if (sum.left > 0) words.push(`${sum.left} left to a person`);
  if (sum.errors > 0) words.push(count(sum.errors, 'error'));
  return `${words.join(', ')}.`;
}

/** Both kinds, the newest first. */
function things({ repairs, releases }) {
  const repaired = repairs.map((one) => ({ at: one.at, what: KINDS[one.kind] ?? one.kind, why: one.reason ?? last(one.subject), job: one.job_id, repository: one.repository, execution: one.execution_arn }));
  const released = releases.map((one) => ({ at: one.at, what: 'Job released', why: one.reason, job: one.job_id, repository: one.repository }));
  return [...repaired, ...released].sort((one, other) => other.at.localeCompare(one.at));
}

function item(one) {
  const words = [h('span', { class: 'what' },
    h('strong', {}, one.what, one.repository ? [' · ', foreign(one.repository)] : null), foreign(one.why, { class: 'clip' })),
  h('span', { class: 'faint since' }, ago(one.at), ' ago')];
  if (one.execution) return h('li', {}, h('a', { href: router.execution(last(one.execution)) }, ...words));
  if (one.job) return h('li', {}, h('a', { href: router.fleet({ q: String(one.job) }) }, ...words));
  return h('li', {}, h('div', {}, ...words));
}
