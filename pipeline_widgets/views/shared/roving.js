// One tab stop for a row of controls; the arrow keys move inside it.

/** The index that `event` moves to in a row of `count`, or -1. `back` and `on` are key names. */
export function moved(event, index, count, { back = ["ArrowLeft"], on = ["ArrowRight"] } = {}) {
  if (on.includes(event.key)) return Math.min(count - 1, index + 1);
  if (back.includes(event.key)) return Math.max(0, index - 1);
  if (event.key === "Home") return 0;
  if (event.key === "End") return count - 1;
  return -1;
}

/** Let the arrow keys walk over the children of `group` that match `selector`. */
export function roving(group, selector, choose, keys) {
  group.addEventListener("keydown", (event) => {
    const items = [...group.querySelectorAll(selector)];
    const index = items.indexOf(event.target.closest(selector));
    if (index < 0) return;
    const rtl = getComputedStyle(group).direction === "rtl";
    const flipped = rtl && !keys ? { back: ["ArrowRight"], on: ["ArrowLeft"] } : keys;
    const next = moved(event, index, items.length, flipped);
    if (next < 0) return;
    event.preventDefault();
    items.forEach((item, k) => {
      item.tabIndex = k === next ? 0 : -1;
    });
    items[next].focus({ preventScroll: false });
    choose(next);
  });
}
