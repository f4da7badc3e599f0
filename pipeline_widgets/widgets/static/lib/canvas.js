// Canvases as sharp as the screen, never larger than a browser allows.

import { h } from "./dom.js";

const LARGEST = 16000; // pixels a side

export function canvas(properties = {}) {
  return h("canvas", properties);
}

/** Size `node` to its place on the page and return a context that draws in CSS pixels. */
export function prepare(node, width, height) {
  const ratio = Math.min(window.devicePixelRatio || 1, LARGEST / Math.max(1, width));
  node.width = Math.max(1, Math.round(width * ratio));
  node.height = Math.max(1, Math.round(height * ratio));
  node.style.width = `${width}px`;
  node.style.height = `${height}px`;
  const context = node.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
