// The frame of a chart: nice numbers, a light grid, labels; linear or logarithmic.

import { brief } from "./rounding.js";

/** About `count` round numbers from `low` to `high`. */
export function ticks(low, high, count) {
  const raw = (high - low) / Math.max(1, count);
  if (!(raw > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw)),
    part = raw / power;
  const step = power * (part > 5 ? 10 : part > 2 ? 5 : part > 1 ? 2 : 1);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++)
    found.push(k * step);
  return found;
}

/** 1, 2 and 5 times the powers of ten; only the powers where there are many. */
export function logTicks(low, high) {
  const found = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const part of Math.log10(high / low) > 3 ? [1] : [1, 2, 5]) found.push(part * 10 ** power);
  }
  return found.filter((value) => value >= low * 0.999 && value <= high * 1.001);
}

export const label = (value) => brief(value);

/** From numbers to pixels: {low, high, from, to, log}. */
export function scaled({ low, high, from, to, log }) {
  const at = log ? (value) => Math.log(Math.max(value, low / 1000)) : (value) => value;
  const start = at(low),
    size = at(high) - start || 1;
  return (value) => from + ((at(value) - start) / size) * (to - from);
}

/** And back again. */
export function unscaled({ low, high, from, to, log }, pixel) {
  const part = (pixel - from) / (to - from || 1);
  return log ? low * (high / low) ** part : low + part * (high - low);
}

/** Draw the grid and the numbers of both axes; returns {x, y}, each from number to pixel. */
export function axes(context, box, across, up, { line, quiet, font }) {
  const horizontal = { ...across, from: box.left, to: box.right };
  const vertical = { ...up, from: box.bottom, to: box.top };
  const x = scaled(horizontal),
    y = scaled(vertical);
  context.font = font;
  context.strokeStyle = line;
  context.fillStyle = quiet;
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  const rows = up.log
    ? logTicks(up.low, up.high)
    : ticks(up.low, up.high, (box.bottom - box.top) / 42);
  for (const value of rows) {
    const at = Math.round(y(value)) + 0.5;
    context.beginPath();
    context.moveTo(box.left, at);
    context.lineTo(box.right, at);
    context.stroke();
    context.fillText(label(value), box.left - 7, at);
  }
  context.textBaseline = "top";
  context.textAlign = "center";
  let columns = ticks(across.low, across.high, (box.right - box.left) / 70);
  if (across.whole) columns = columns.filter(Number.isInteger);
  for (const value of columns) {
    context.fillText(label(value), x(value), box.bottom + 6);
    context.fillRect(Math.round(x(value)), box.bottom, 1, 4);
  }
  context.textAlign = "right";
  if (across.name) context.fillText(across.name, box.right, box.bottom + 21);
  return { x, y, horizontal, vertical };
}
