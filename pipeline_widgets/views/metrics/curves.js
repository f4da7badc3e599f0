// ROC, precision and recall, calibration: a line for each model, a mark where the threshold is.

import { axes } from "../shared/axes.js";
import { prepare } from "../shared/canvas.js";
import { fill, h } from "../shared/dom.js";
import { mark, stroke } from "../shared/lines.js";
import { fixed } from "../shared/rounding.js";

const DASHES = [[], [7, 4]],
  SHAPES = ["circle", "diamond"];

/** The line and the mark of model `k`, as they are in the chart. */
export function key(k) {
  return h(
    "svg",
    { viewBox: "0 0 30 14", width: 30, height: 14, "aria-hidden": true },
    h("path", { d: "M0 7H30", class: "pw-metrics-key", "stroke-dasharray": k ? "6 3" : null }),
    k
      ? h("path", { d: "M15 2L20 7L15 12L10 7Z", class: "pw-metrics-hollow" })
      : h("circle", { cx: 15, cy: 7, r: 4, class: "pw-metrics-dot" }),
  );
}

function chanceLine(context, frame, curve, strings, quiet) {
  if (curve === "precision_recall") return;
  const along = [frame.x, frame.y];
  stroke(context, 2, along[0], along[1], { color: quiet, width: 1, dash: [2, 3] });
  context.textAlign = "right";
  const [words, below] = curve === "roc" ? [strings.chance, 26] : [strings.perfect, 22];
  context.fillText(words, frame.x(0.93), frame.y(0.85) + below);
}

/** Where the threshold is on a curve; of the calibration, each point by its share of sentences. */
function marks(curve, curves, found, count, classes) {
  const [xs, ys] = curves[curve];
  if (curve === "calibration") {
    return Array.from(xs, (x, i) => [x, ys[i], 2 + 5 * Math.sqrt(curves.counts[i] / count)]);
  }
  if (classes) return []; // the likeliest class is the answer: there is no threshold
  const [[kept, alarm]] = found.counts;
  if (curve === "roc") return [[alarm / (alarm + kept), found.recall, 6]];
  return [[found.recall, found.precision, 6]];
}

/** The chart on a canvas with its legend below; `paint(state)` draws it anew. */
export function curvesChart(strings) {
  const canvas = h("canvas", { role: "img", class: "pw-metrics-canvas" });
  const areas = h("div", { class: "pw-metrics-areas" }),
    about = h("p", { class: "pw-quiet pw-metrics-hint" });

  function paint({ data, curves: drawn, found, curve, count, label, style }) {
    const many = data.mode !== "binary";
    canvas.hidden = areas.hidden = !drawn.length;
    about.hidden = drawn.length && !many;
    about.textContent = drawn.length
      ? fill(strings.of_label, { label: data.classes[label] })
      : strings.no_curve;
    if (!drawn.length) return canvas.setAttribute("aria-label", strings.no_curve);
    const get = (name) => style.getPropertyValue(name).trim();
    const look = {
      line: get("--pw-line"),
      quiet: get("--pw-quiet"),
      font: "12px system-ui, sans-serif",
    };
    const colors = [get("--pw-first"), get("--pw-second")],
      paper = get("--pw-paper");
    const width = Math.max(200, canvas.parentElement.clientWidth),
      side = Math.min(width, 330);
    const context = prepare(canvas, width, side);
    const box = { left: 44, right: width - 16, top: 26, bottom: side - 38 };
    const across = { low: 0, high: 1, name: strings[`${curve}_x`] };
    const frame = axes(context, box, across, { low: 0, high: 1 }, look);
    canvas.dataset.box = JSON.stringify(box);
    context.fillStyle = look.quiet;
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillText(strings[`${curve}_y`], box.left - 34, 4);
    chanceLine(context, frame, curve, strings, look.quiet);
    drawn.forEach((curves, k) => {
      const [xs, ys] = curves[curve],
        line = { color: colors[k], dash: DASHES[k], width: 2.2 };
      stroke(
        context,
        xs.length,
        (i) => frame.x(xs[i]),
        (i) => frame.y(ys[i]),
        line,
      );
      for (const [x, y, size] of marks(curve, curves, found[k], count, data.mode === "classes")) {
        mark(context, frame.x(x), frame.y(y), SHAPES[k], colors[k], paper, size);
      }
    });
    const words = strings[`area_${curve}`],
      title = strings[`curve_${curve}`];
    const said = data.names.map((name, k) => {
      const area = fixed(drawn[k].areas[curve], 3);
      return `${name}: ${fill(words, { area })}`;
    });
    areas.replaceChildren(
      ...said.map((text, k) => h("span", { class: `pw-panel-${k}` }, key(k), text)),
    );
    const of = many ? `${about.textContent}. ` : "";
    canvas.setAttribute("aria-label", `${title}. ${of}${said.join(". ")}`);
  }
  return { nodes: [canvas, about, areas], paint };
}
