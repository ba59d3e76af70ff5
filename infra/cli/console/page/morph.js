// Makes one tree like another by changing as little as possible, so that what
// has the focus keeps it and what was inserted before is coloured in place.

/** Changes `old` into `fresh`; attributes in `kept` are the page's own. */
export function morph(old, fresh, kept = []) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !kept.includes(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (!kept.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  const [before, after] = [[...old.childNodes], [...fresh.childNodes]];
  after.forEach((next, at) => {
    const here = before[at];
    if (!here) old.append(next);
    else if (here.nodeType !== next.nodeType || here.nodeName !== next.nodeName || here.dataset?.state !== next.dataset?.state) here.replaceWith(next);
    else if (here.nodeType === Node.ELEMENT_NODE) morph(here, next, kept);
    else if (here.nodeValue !== next.nodeValue) here.nodeValue = next.nodeValue;
  });
  for (const rest of before.slice(after.length)) rest.remove();
}
