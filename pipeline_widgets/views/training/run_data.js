// Runs as the browser keeps them: whole when it first asks, then only what is new is added.

import { decode } from "../shared/array.js";

/** The runs of a `whole` message. */
export function readRuns(whole) {
  return whole.runs.map((given) => {
    const columns = Object.create(null); // a metric may have any name
    const run = { ...given, columns, count: 0 };
    append(run, given.names, given.points, 0);
    return run;
  });
}

/** Add a `news` message to its run; false if something in between is missing. */
export function addNews(runs, news) {
  const run = runs[news.run];
  if (!run || news.start > run.count || news.from > run.epochs.length) return false;
  append(run, news.names, news.points, news.start);
  if (news.epochs.length) run.epochs = [...run.epochs.slice(0, news.from), ...news.epochs];
  run.best = news.best;
  run.goal = news.goal;
  run.status = news.status;
  return true;
}

function append(run, names, points, start) {
  const { values, shape } = decode(points),
    added = shape[1],
    count = start + added;
  names.forEach((name, row) => {
    let column = run.columns[name];
    if (!column || column.length < count) {
      const larger = new Float32Array(Math.max(256, 2 * count)).fill(NaN);
      if (column) larger.set(column.subarray(0, start));
      column = run.columns[name] = larger;
    }
    column.set(values.subarray(row * added, (row + 1) * added), start);
  });
  run.count = count;
}

/** Where step k stands: in epochs (or steps, if nobody said), or in seconds. */
export function stepPlace(run, axis) {
  const { epoch, seconds, step } = run.columns;
  if (axis === "seconds") return (k) => seconds[k];
  return Number.isFinite(epoch?.[0]) ? (k) => epoch[k] : (k) => step[k];
}

export const epochPlace = (axis) => (row) =>
  axis === "seconds" ? (row.seconds ?? NaN) : row.epoch;

/** The last place on the axis: where the run will end, if that is known. */
export function lastPlace(run, axis) {
  const at = stepPlace(run, axis);
  const rows = run.epochs.map(epochPlace(axis)).filter(Number.isFinite);
  const seen = Math.max(0, run.count ? at(run.count - 1) || 0 : 0, ...rows);
  return axis === "epochs" && run.status.epochs ? Math.max(seen, run.status.epochs) : seen;
}

/** Names without "validation_", loss and accuracy first. */
export function stems(runs) {
  const found = new Set(["loss", "accuracy"]);
  for (const run of runs) {
    for (const name of Object.keys(run.columns)) found.add(name);
    for (const row of run.epochs)
      for (const name of Object.keys(row.values)) found.add(name.replace("validation_", ""));
  }
  for (const place of ["step", "epoch", "seconds"]) found.delete(place);
  const there = (stem) =>
    runs.some(
      (run) =>
        run.columns[stem] ||
        run.epochs.some((row) => stem in row.values || `validation_${stem}` in row.values),
    );
  const known = [...found].filter(there);
  return known.length ? known : ["loss", "accuracy"];
}
