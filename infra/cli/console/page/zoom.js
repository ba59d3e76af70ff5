// Zooming and panning a picture inside a box: wheel with Ctrl, pinch, drag,
// buttons and keys. Positions are set by script alone: no inline style.

const LEAST = 0.15;
const MOST = 4;
/** Below this scale the words of a picture cannot be read. */
const LEGIBLE = 0.7;
/** Room around a picture. */
const EDGE = 12;

/**
 * Makes `picture()` (an SVG with `data-width` and `data-height`) move inside
 * `box`. It begins around `matters()`, and stays there until somebody moves it.
 */
export function zoom(box, picture, signal, matters) {
  let at = { x: 0, y: 0, k: 1 };
  let touched = false;
  let place = begin;
  const apply = () => {
    const svg = picture();
    if (svg) svg.style.transform = `translate(${at.x}px, ${at.y}px) scale(${at.k})`;
  };
  const sizes = () => {
    const svg = picture();
    return { width: Number(svg?.dataset.width) || 1, height: Number(svg?.dataset.height) || 1, room: box.getBoundingClientRect() };
  };
  /** The whole picture, however small. */
  function fit() {
    const { width, height, room } = sizes();
    if (!room.width) return;
    const k = Math.max(LEAST, Math.min(1.25, (room.width - 2 * EDGE) / width, (room.height - 2 * EDGE) / height));
    at = { k, x: (room.width - width * k) / 2, y: Math.max(EDGE, (room.height - height * k) / 2) };
    touched = false;
    place = fit;
    apply();
  }
  /** The whole picture where it can be read so; else what matters now, with what is around it. */
  function begin() {
    const { width, height, room } = sizes();
    const what = matters();
    if (!room.width || !what || Math.min(room.width / width, room.height / height) >= LEGIBLE) fit();
    else {
      const inner = what.getBoundingClientRect();
      const within = (middle, size, whole) => (whole * LEGIBLE < size - 2 * EDGE ? (size - whole * LEGIBLE) / 2
        : Math.min(EDGE, Math.max(size - EDGE - whole * LEGIBLE, size / 2 - middle * LEGIBLE)));
      at = {
        x: within((inner.left + inner.width / 2 - room.left - at.x) / at.k, room.width, width),
        y: within((inner.top + inner.height / 2 - room.top - at.y) / at.k, room.height, height),
        k: LEGIBLE,
      };
      touched = false;
      apply();
    }
    place = begin;
  }
  /** What matters may be elsewhere now. */
  const follow = () => { if (!touched && place === begin) begin(); };
  function by(factor, x, y) {
    const { room } = sizes();
    const [cx, cy] = [x ?? room.width / 2, y ?? room.height / 2];
    const k = Math.min(MOST, Math.max(LEAST, at.k * factor));
    at = { k, x: cx - ((cx - at.x) * k) / at.k, y: cy - ((cy - at.y) * k) / at.k };
    touched = true;
    apply();
  }
  function pan(dx, dy) {
    at = { ...at, x: at.x + dx, y: at.y + dy };
    touched = true;
    apply();
  }
  /** Moves just so far that the element can be seen. */
  function reveal(element) {
    const [inner, room] = [element.getBoundingClientRect(), box.getBoundingClientRect()];
    const move = (low, high, from, to) => (low < from + 16 ? from + 16 - low : high > to - 16 ? to - 16 - high : 0);
    const [dx, dy] = [move(inner.left, inner.right, room.left, room.right), move(inner.top, inner.bottom, room.top, room.bottom)];
    if (dx || dy) pan(dx, dy);
  }
  const listen = (name, listener, options = {}) => box.addEventListener(name, listener, { signal, ...options });
  listen('wheel', (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey && document.activeElement && !box.contains(document.activeElement)) return;
    event.preventDefault();
    const room = box.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) by(Math.exp(-event.deltaY / 200), event.clientX - room.left, event.clientY - room.top);
    else pan(event.shiftKey ? -event.deltaY : -event.deltaX, event.shiftKey ? 0 : -event.deltaY);
  }, { passive: false });
  const pointers = new Map();
  let moved = 0;
  listen('pointerdown', (event) => { if (event.button === 0) { pointers.set(event.pointerId, event); moved = 0; } });
  listen('pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    if (pointers.size === 1) {
      moved += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
      if (moved > 4) {
        box.setPointerCapture(event.pointerId);
        box.classList.add('is-dragged');
        pan(event.clientX - before.clientX, event.clientY - before.clientY);
      }
    } else {
      const other = [...pointers.values()].find((one) => one.pointerId !== event.pointerId);
      const far = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      const room = box.getBoundingClientRect();
      moved = 99;
      by(far(event) / Math.max(1, far(before)), (event.clientX + other.clientX) / 2 - room.left, (event.clientY + other.clientY) / 2 - room.top);
    }
    pointers.set(event.pointerId, event);
  });
  const end = (event) => { pointers.delete(event.pointerId); box.classList.remove('is-dragged'); };
  listen('pointerup', end);
  listen('pointercancel', end);
  // The end of a drag is no click on what happens to be below it.
  listen('click', (event) => { if (moved > 4) { event.stopPropagation(); event.preventDefault(); moved = 0; } }, { capture: true });
  const watch = new ResizeObserver(() => { if (!touched) place(); });
  watch.observe(box);
  signal.addEventListener('abort', () => watch.disconnect());
  return { begin, follow, fit, by, pan, reveal, apply };
}
