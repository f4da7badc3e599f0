// Canvases as sharp as the screen, never larger than a browser allows.

import { h } from "./dom.js";

const LARGEST = 16000; // pixels a side

export function canvas(properties = {}) {
  return h("canvas", properties);
}

/** Canvases by name, for a view that is built anew: a new one costs more than what is drawn on it. */
export function reused() {
  const known = new Map();
  return (name, properties) => {
    const node = known.get(name) ?? canvas();
    known.set(name, node);
    for (const [key, value] of Object.entries(properties)) node.setAttribute(key, String(value));
    return node;
  };
}

/** Size `node` to its place on the page and return a context that draws in CSS pixels. */
export function prepare(node, width, height) {
  const ratio = Math.min(window.devicePixelRatio || 1, LARGEST / Math.max(1, width));
  const size = [width, height].map((side) => Math.max(1, Math.round(side * ratio)));
  if (node.width !== size[0] || node.height !== size[1] || node.style.width !== `${width}px`) {
    [node.width, node.height] = size;
    node.style.width = `${width}px`;
    node.style.height = `${height}px`;
  }
  const context = node.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** What the style sheet says for the canvas, by the names given: `{ text: "--pw-text" }`. */
export function styled(node, names) {
  const style = getComputedStyle(node);
  return Object.fromEntries(
    Object.entries(names).map(([name, property]) => [name, style.getPropertyValue(property)]),
  );
}
