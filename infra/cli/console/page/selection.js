// What is selected in the list, and the bar with what can be done to it. A
// selection is a set of names, or "all that match" these filters.

import { h } from './dom.js';
import { count } from './format.js';
import { redrivable } from './row.js';
import * as bulk from './bulk.js';

const FAILED = 'FAILED,TIMED_OUT,ABORTED';

/** A selection; `now()` tells what the list shows, `changed()` repaints it. */
export function selection(fleet, now, changed) {
  const names = new Set();
  let matching = false;
  const said = h('span', { class: 'grow', 'aria-live': 'polite' });
  const failed = h('button', { type: 'button', class: 'quiet', onclick: () => { matching = true; names.clear(); refresh(); } }, 'Select all failed that match');
  const clear = h('button', { type: 'button', class: 'quiet', onclick: () => { matching = false; names.clear(); refresh(); } }, 'Clear selection');
  const drive = h('button', { type: 'button', class: 'primary', 'aria-keyshortcuts': 'r', onclick: () => redrive() }, 'Redrive…');
  const element = h('div', { class: 'selection', role: 'group', 'aria-label': 'Selection' }, failed, said, clear, drive);

  function has(name) {
    if (!matching) return names.has(name);
    const row = now().rows.find((one) => one.name === name);
    return row !== undefined && redrivable(row);
  }
  const any = () => matching || names.size > 0;
  function refresh() {
    said.textContent = matching ? 'All failed executions that match are selected.' : names.size > 0 ? `${count(names.size, 'execution')} selected.` : '';
    element.classList.toggle('is-on', any());
    failed.hidden = matching;
    clear.hidden = !any();
    drive.hidden = fleet.read_only || !any();
    changed();
  }
  function pick(name, on) {
    if (matching) {
      // One row taken out of "all that match": what is left are the rows of this page.
      for (const row of now().rows) if (redrivable(row)) names.add(row.name);
      matching = false;
    }
    if (on) names.add(name);
    else names.delete(name);
    refresh();
  }
  function redrive() {
    if (!any() || fleet.read_only) return;
    const { filters } = now();
    const status = (filters.status ?? FAILED).split(',').filter((one) => FAILED.split(',').includes(one)).join(',');
    const what = matching ? { filter: { ...filters, status: status || FAILED } } : { names: [...names] };
    bulk.open(what, () => { matching = false; names.clear(); refresh(); });
  }
  return {
    element, has, any, pick, refresh, redrive,
    set: (all, on) => { for (const name of all) { if (on) names.add(name); else names.delete(name); } if (!on) matching = false; refresh(); },
    clear: () => { names.clear(); matching = false; refresh(); },
    progress: bulk.progress,
  };
}
