// One chart of runs: training solid with circles, validation dashed with diamonds, best a star.

import { axes } from "../shared/axes.js";
import { prepare } from "../shared/canvas.js";
import { fill, h } from "../shared/dom.js";
import { mark, stroke } from "../shared/lines.js";
import { epochPlace, lastPlace } from "./run_data.js";
import { lineOf, range } from "./run_lines.js";
import { describe, nearestEpoch, reading } from "./run_words.js";
import { brief } from "../shared/rounding.js";

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
