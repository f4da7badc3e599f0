// What a chart of runs says: where the pointer is, and as a whole.

import { unscaled } from "../shared/axes.js";
import { fill } from "../shared/dom.js";
import { own } from "../shared/own.js";
import { epochPlace } from "./run_data.js";
import { fixed } from "../shared/rounding.js";

/** The epoch that lies nearest to a pixel. */
export function nearestEpoch({ frame, runs, view }, pixel) {
  const x = unscaled(frame.horizontal, pixel),
    rows = runs[view.run].epochs,
    place = epochPlace(view.axis);
  if (!rows.length) return null;
  return rows.reduce((near, row) =>
    Math.abs(place(row) - x) < Math.abs(place(near) - x) ? row : near,
  ).epoch;
}

/** What stands under the pointer, in words. */
export function reading({ frame, lines, view, runs }, pixel, strings) {
  const x = unscaled(frame.horizontal, pixel);
  const name = view.axis === "seconds" ? strings.seconds_axis : strings.epoch_axis;
  const parts = lines.flatMap((line) => {
    const said = [],
      letter = runs.length > 1 ? `${line.run.letter} ` : "";
    if (line.count) {
      const k = nearest(line, x);
      if (Number.isFinite(line.values[k]))
        said.push(
          `${letter}${strings.training} ${fixed(line.values[k], 3)} (${fixed(line.smooth[k], 3)})`,
        );
    }
    for (const [key, points] of [
      ["training", line.count ? [] : line.training],
      ["validation", line.validation],
    ]) {
      if (!points.length) continue;
      const point = points.reduce((near, one) =>
        Math.abs(one.x - x) < Math.abs(near.x - x) ? one : near,
      );
      said.push(`${letter}${strings[key]} ${fixed(point.y, 3)}`);
    }
    return said;
  });
  return `${fill(strings.at, { axis: name, x: fixed(x) })}: ${parts.join(" · ")}`;
}

/** The step nearest to x, by halving: places only grow. */
function nearest(line, x) {
  let low = 0,
    high = line.count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line.at(middle) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A chart's name, and each run's first and last numbers: what a screen reader says of it. */
export function describe(stem, runs, strings) {
  const name = strings[`chart_${stem}`] ?? stem;
  return [
    name,
    ...runs.map((run) => {
      const last = run.epochs.at(-1),
        first = run.epochs.find((row) => stem in row.values || `validation_${stem}` in row.values);
      if (!last || !first) return `${run.name}: ${strings.unmeasured}`;
      const said = [stem, `validation_${stem}`]
        .filter((key) => Number.isFinite(last.values[key]))
        .map(
          (key) =>
            `${own(strings, key) ?? key} ${fixed(first.values[key] ?? last.values[key])} → ${fixed(last.values[key])}`,
        );
      return `${run.name}: ${said.join(", ")}`;
    }),
    strings.chart_hint,
  ].join(". ");
}
