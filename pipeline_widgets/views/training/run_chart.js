// One chart of runs: training solid with circles, validation dashed with diamonds, best a star.

import { axes, unscaled } from "../shared/axes.js";
import { prepare } from "../shared/canvas.js";
import { fill, h } from "../shared/dom.js";
import { own } from "../shared/own.js";
import { mark, smoothed, stroke } from "../shared/lines.js";
import { epochPlace, lastPlace, stepPlace } from "./run_data.js";
import { brief, fixed } from "../shared/rounding.js";

const LEFT = 46,
  RIGHT = 20,
  TOP = 22,
  BOTTOM = 38,
  HEIGHT = 250,
  LINE = 14; // from a letter to the one below
const DASH = [7, 4];

/** A chart whose series can be chosen; `look(root)` gives the colours, `choose(epoch)` moves. */
export function runChart(stem, strings, { choose, say }) {
  const canvas = h("canvas", { role: "application", tabindex: 0, class: "pw-run-canvas" });
  const picker = h("select", { class: "pw-run-series", "aria-label": strings.series });
  const node = h("figure", { class: "pw-run-chart" }, h("figcaption", {}, picker), canvas);
  let drawn = null,
    redraw = () => {},
    wanted = stem;

  picker.addEventListener("change", () => {
    wanted = chart.stem = picker.value;
    redraw();
  });
  canvas.addEventListener(
    "pointermove",
    (event) => drawn && say(reading(drawn, event.offsetX, strings)),
  );
  canvas.addEventListener("pointerleave", () => say(""));
  canvas.addEventListener("click", (event) => {
    if (drawn) choose(nearestEpoch(drawn, event.offsetX));
  });
  canvas.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (!move || !drawn) return;
    event.preventDefault();
    choose(null, move);
  });

  const chart = {
    node,
    stem,
    /** Offer these stems; without the wanted one, the chart at `place` draws the one there. */
    offer(stems, place) {
      if (picker.options.length === stems.length) return;
      picker.replaceChildren(
        ...stems.map((name) =>
          h("option", {
            value: name,
            text: strings[`chart_${name}`] ?? strings[name] ?? name.replaceAll("_", " "),
          }),
        ),
      );
      chart.stem = stems.includes(wanted) ? wanted : (stems[place] ?? stems[0]);
      picker.value = chart.stem;
    },
    draw(runs, view, look) {
      redraw = () => chart.draw(runs, view, look);
      drawn = paint(canvas, chart.stem, runs, view, look, strings);
      canvas.setAttribute("aria-label", describe(chart.stem, runs, strings));
    },
  };
  return chart;
}

function paint(canvas, stem, runs, view, look, strings) {
  const width = Math.max(220, canvas.parentElement.clientWidth);
  const context = prepare(canvas, width, HEIGHT);
  const box = { left: LEFT, right: width - RIGHT, top: TOP, bottom: HEIGHT - BOTTOM };
  const lines = runs.map((run, index) => lineOf(run, index, stem, view));
  const across = { low: 0, high: Math.max(...runs.map((run) => lastPlace(run, view.axis)), 1e-9) };
  const steps = runs.every(
    (run) =>
      run.by_steps || (run.count && !run.epochs.length && !Number.isFinite(run.columns.epoch[0])),
  );
  across.whole = view.axis === "epochs" && !steps;
  across.name =
    view.axis === "seconds" ? strings.seconds_axis : steps ? strings.step_axis : strings.epoch_axis;
  const log = view.scale === "log" && !stem.includes("accuracy");
  const up = range(lines, stem, log);
  if (log && view.log) Object.assign(up, view.log);
  const frame = axes(context, box, across, up, look);
  const drawn = { frame, box, lines, runs, view, stem };
  shadeOverfitting(context, drawn, look, strings);
  cursor(context, drawn, look);
  context.save();
  context.beginPath();
  context.rect(box.left - 8, box.top - 8, box.right - box.left + 24, box.bottom - box.top + 12);
  context.clip();
  lines.forEach((line) => drawLine(context, line, frame, look));
  context.restore();
  lines.forEach((line) => finish(context, line, drawn, look, strings));
  if (runs.length > 1) letters(context, lines, drawn, look);
  return drawn;
}

/** What is drawn of one run: raw steps, smoothed steps, both series by epoch. */
function lineOf(run, index, stem, view) {
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
function range(lines, stem, log) {
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

function drawLine(context, line, { x, y }, { colors }) {
  const color = colors[line.index];
  const at = (k) => x(line.at(k));
  if (line.count) {
    const raw = (k) => y(line.values[k]),
      even = (k) => y(line.smooth[k]);
    stroke(context, line.count, at, raw, { color, width: 1, alpha: 0.42 });
    stroke(context, line.count, at, even, { color, width: 2.2 });
  }
  const join = (points, dash, width) =>
    stroke(
      context,
      points.length,
      (k) => x(points[k].x),
      (k) => y(points[k].y),
      { color, dash, width },
    );
  if (!line.count) join(line.training, [], 2.2);
  join(line.validation, DASH, 2);
}

/** Marks on top of all lines, and the best epoch. */
function finish(context, line, { frame: { x, y }, box, runs }, look, strings) {
  const color = look.colors[line.index];
  const few = line.training.length + line.validation.length < 130;
  if (few) {
    if (!line.count)
      for (const point of line.training)
        mark(context, x(point.x), y(point.y), "circle", color, look.paper);
    for (const point of line.validation)
      mark(context, x(point.x), y(point.y), "diamond", color, look.paper);
  }
  const best = line.run.epochs[line.run.best];
  const marked = line.count ? line.validation : [...line.validation, ...line.training];
  const goal = best && marked.find((point) => point.row === best);
  if (goal) {
    mark(context, x(goal.x), y(goal.y), "star", color, look.paper, 4.5);
    if (runs.length === 1) {
      context.fillStyle = look.text;
      context.textAlign = x(goal.x) > box.right - 40 ? "right" : "center";
      context.textBaseline = "bottom";
      const above = y(goal.y) - 12;
      context.fillText(
        line.run.by_steps
          ? fill(strings.best_step, { step: best.step })
          : fill(strings.best_epoch, { epoch: brief(best.epoch, 4) }),
        x(goal.x) + (context.textAlign === "right" ? 6 : 0),
        above < box.top + 4 ? y(goal.y) + 26 : above,
      );
    }
  }
}

/** A run's letter where it ends, none on another. */
function letters(context, lines, { frame: { x, y } }, look) {
  const ends = lines.flatMap(({ validation, training, run, index }) => {
    const last = validation.at(-1) ?? training.at(-1);
    return last ? [{ left: x(last.x) + 9, top: y(last.y), run, index }] : [];
  });
  context.font = `700 ${look.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  let lowest = -Infinity;
  for (const { left, top, run, index } of ends.sort((a, b) => a.top - b.top)) {
    lowest = Math.max(top, lowest + LINE);
    context.fillStyle = look.colors[index];
    context.fillText(run.letter, left, lowest);
  }
  context.font = look.font;
}

/** A hatched stretch from the epoch after which validation loss rises while training falls. */
function shadeOverfitting(context, { frame: { x }, box, runs, view, stem }, look, strings) {
  const run = runs[view.run],
    seen = run?.epochs.findLast((row) => row.since);
  if (!seen || stem !== "loss") return;
  const since = run.epochs.findIndex((row) => row.epoch >= seen.since),
    from = run.epochs[Math.max(0, since - 1)],
    place = epochPlace(view.axis);
  if (!from) return;
  const left = x(place(from)),
    right = x(place(seen));
  context.save();
  context.beginPath();
  context.rect(left, box.top, right - left, box.bottom - box.top);
  context.clip();
  context.strokeStyle = look.quiet;
  context.globalAlpha = 0.28;
  context.beginPath();
  for (let at = left - (box.bottom - box.top); at < right; at += 9) {
    context.moveTo(at, box.bottom);
    context.lineTo(at + box.bottom - box.top, box.top);
  }
  context.stroke();
  context.restore();
  context.fillStyle = look.quiet;
  context.textAlign = "center";
  context.textBaseline = "bottom";
  context.fillText(
    strings.overfitting_mark,
    Math.min(Math.max((left + right) / 2, box.left + 34), box.right - 30),
    box.top - 4,
  );
}

/** The epoch whose model reads the sentence. */
function cursor(context, { frame: { x }, box, runs, view }, look) {
  const row = runs[view.run]?.epochs.find((one) => one.epoch === view.epoch);
  if (!row) return;
  const at = Math.round(x(epochPlace(view.axis)(row)));
  context.fillStyle = look.soft;
  context.fillRect(at - 5, box.top, 10, box.bottom - box.top);
}

function nearestEpoch({ frame, runs, view }, pixel) {
  const x = unscaled(frame.horizontal, pixel),
    rows = runs[view.run].epochs,
    place = epochPlace(view.axis);
  if (!rows.length) return null;
  return rows.reduce((near, row) =>
    Math.abs(place(row) - x) < Math.abs(place(near) - x) ? row : near,
  ).epoch;
}

/** What stands under the pointer, in words. */
function reading({ frame, lines, view, runs }, pixel, strings) {
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

function describe(stem, runs, strings) {
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
