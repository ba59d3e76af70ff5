// Nodes without markup: every text that comes from GitHub, AWS or a log goes in
// as a text node, so that nothing in it can become an element.

import { visible } from './format.js';

const SVG = 'http://www.w3.org/2000/svg';

/** A new element: properties, `on…` listeners, `data`, `aria…` and children. */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'class') element.className = value;
    else if (key === 'data') Object.assign(element.dataset, value);
    else if (key in element && !key.startsWith('aria') && key !== 'list') element[key] = value;
    else if (value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Puts these children in place of what is there; those that are nothing are left out. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
}

/** A foreign text: bidirectional marks cannot reach what stands around it. */
export const foreign = (text, properties = {}) => h('bdi', properties, visible(text ?? ''));

/** A link out of the console; plain text where the address is not of the web. */
export function outward(address, ...children) {
  if (!/^https?:\/\/[^\s]+$/i.test(address ?? '')) return h('span', {}, ...children);
  return h('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, ...children, icon('out'));
}

const PATHS = {
  running: 'M8 2a6 6 0 1 1-6 6',
  succeeded: 'M3 8.5l3.2 3.2L13 4.8',
  failed: 'M4 4l8 8M12 4l-8 8',
  caught: 'M8 2.5l6 11H2zM8 6.5v3.5M8 12v.2',
  aborted: 'M4 4h8v8H4z',
  timed_out: 'M8 4.5V8l2.5 2M8 2a6 6 0 1 0 .01 0',
  waiting: 'M8 4.5V8l2.5 2M8 2a6 6 0 1 0 .01 0',
  redrive: 'M3 8a5 5 0 0 1 8.6-3.4L13 6M13 2.5V6H9.5M13 8a5 5 0 0 1-8.6 3.4L3 10M3 13.5V10h3.5',
  out: 'M6 3H3v10h10v-3M9 3h4v4M13 3L7.5 8.5',
  copy: 'M6 6h7v7H6zM10 6V3H3v7h3',
};

/** A small picture that says nothing by itself: words stand beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name] ?? PATHS.waiting);
  svg.append(path);
  return svg;
}

/** How something stands: a picture and its word, never a colour alone. */
export function badge(word, text = word) {
  return h('span', { class: `badge is-${word}` }, icon(word), text);
}

/** Says something to people who listen to the page. */
export function say(text) {
  document.getElementById('said').textContent = text;
}

let hiding;
/** A short message at the page's edge. */
export function toast(text) {
  const box = document.getElementById('toast');
  box.textContent = text;
  box.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { box.hidden = true; }, 4000);
}

/** A button that puts a text on the clipboard. */
export function copy(text, what) {
  return h('button', {
    type: 'button', class: 'copy', title: `Copy ${what}`, 'aria-label': `Copy ${what}`,
    onclick: async (event) => {
      event.stopPropagation();
      try {
        await navigator.clipboard.writeText(typeof text === 'function' ? text() : text);
        toast(`Copied ${what}.`);
      } catch {
        toast('The browser did not allow the copy: select the text instead.');
      }
    },
  }, icon('copy'));
}

/** What an error says, in place of what could not be shown. */
export function problem(error) {
  return h('div', { class: 'problem', role: 'alert' }, h('strong', {}, error.name ?? 'Error'), ' ', foreign(error.message));
}
