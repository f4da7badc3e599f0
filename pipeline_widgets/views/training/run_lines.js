// The lines of a chart of runs, and the range of numbers that they need.

import { smoothed } from "../shared/lines.js";
import { epochPlace, stepPlace } from "./run_data.js";

/** What is drawn of one run: raw steps, smoothed steps, both series by epoch. */
export function lineOf(run, index, stem, view) {
  const values = run.columns[stem],
    place = epochPlace(view.axis);
  const series = (name) =>
    run.epochs
      .filter((row) => Number.isFinite(row.values[name]))
      .map((row) => ({ x: place(row), y: row.values[name], row }));
  return {
    run,
    index,
    values,
    at: stepPlace(run, view.axis),
    count: values ? run.count : 0,
    smooth: values ? smoothOf(run, stem, view.smoothing) : null,
    training: series(stem),
    validation: series(`validation_${stem}`),
  };
}

/** Smoothing takes a while for a long run: it is kept until there are more steps. */
function smoothOf(run, stem, weight) {
  const kept = (run.smooth ??= {}),
    key = `${run.count} ${weight}`;
  if (kept[stem]?.key !== key)
    kept[stem] = { key, values: smoothed(run.columns[stem], run.count, weight) };
  return kept[stem].values;
}

/** Low and high of the vertical axis; a few wild batches do not squeeze the rest. */
export function range(lines, stem, log) {
  const seen = [];
  for (const line of lines) {
    for (const point of [...line.training, ...line.validation]) seen.push(point.y);
    const every = Math.max(1, Math.floor(line.count / 500));
    for (let k = 0; k < line.count; k += every)
      if (Number.isFinite(line.smooth[k])) seen.push(line.smooth[k]);
  }
  if (!seen.length) return { low: log ? 0.1 : 0, high: 1, log };
  const low = Math.min(...seen),
    high = Math.max(...seen);
  if (stem.includes("accuracy"))
    return {
      low: Math.max(0, Math.floor(10 * low - 0.5) / 10),
      high: Math.min(1, Math.ceil(10 * high + 0.5) / 10),
    };
  if (log) return { low: Math.max(1e-6, low * 0.8), high: Math.max(high * 1.15, 1e-5), log };
  return around(low, high);
}

/** An axis that shows what moves: from 0 only where a series comes near it. */
function around(low, high) {
  const span = high - low || Math.abs(high) || 1;
  const bottom = low - 0.12 * span;
  return { low: low >= 0 && bottom < 0.25 * span ? 0 : bottom, high: high + 0.08 * span };
}
