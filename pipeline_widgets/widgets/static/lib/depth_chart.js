// What each model would answer after each layer, over how deep the layer is in its own model.

import { fill, h } from "./dom.js";

const HEIGHT = 190, LEFT = 40, RIGHT = 16, TOP = 14, BOTTOM = 26;

export function depthChart(lanes, strings, wide) {
  const width = Math.max(280, Math.min(760, wide));
  const first = lanes[0].labels.indexOf(lanes[0].labels[lanes[0].probabilities.indexOf(Math.max(...lanes[0].probabilities))]);
  const label = lanes[0].labels[first];
  const x = (part) => LEFT + part * (width - LEFT - RIGHT), y = (value) => TOP + (1 - value) * (HEIGHT - TOP - BOTTOM);
  const line = (a, b, c, d, kind) => h("line", { x1: a, y1: b, x2: c, y2: d, class: kind });
  const words = (at, top, text, anchor = "middle", kind = "pw-tick") => h("text", { x: at, y: top, "text-anchor": anchor, class: kind, text });
  const grid = [0, 0.5, 1].flatMap((value) => [line(LEFT, y(value), width - RIGHT, y(value), "pw-rule"), words(LEFT - 8, y(value) + 4, String(value), "end")]);
  const drawn = lanes.flatMap((lane, index) => {
    const own = lane.labels.includes(label) ? lane.labels.indexOf(label) : lane.probabilities.indexOf(Math.max(...lane.probabilities));
    const points = lane.after.map((row, k) => [x(k / (lane.after.length - 1)), y(row[own]), row[own], k]);
    const said = ([, , value, k]) => fill(k ? strings.after_point : strings.before_layers, { model: lane.title, layer: k - 1, label: lane.labels[own], value: value.toFixed(3) });
    const marks = points.map((point) => (index === 0
      ? h("circle", { cx: point[0], cy: point[1], r: 4.5, class: `pw-point pw-lane-${index}` }, h("title", { text: said(point) }))
      : h("rect", { x: point[0] - 4, y: point[1] - 4, width: 8, height: 8, class: `pw-point pw-lane-${index}` }, h("title", { text: said(point) }))));
    const last = points.at(-1), other = lanes[1 - index];
    const above = index === 0 ? lane.after.at(-1)[own] >= (other?.after.at(-1)[first] ?? 0) : lane.after.at(-1)[own] > lanes[0].after.at(-1)[first];
    return [h("path", { d: points.map(([a, b], k) => `${k ? "L" : "M"}${a} ${b}`).join(""), class: `pw-path pw-lane-${index}` }), ...marks,
      words(last[0] - 8, last[1] + (above ? -8 : 18), `${lane.title} ${last[2].toFixed(2)}`, "end", `pw-end pw-lane-${index}`)];
  });
  const spoken = lanes.map((lane) => `${lane.title}: ${lane.after.map((row) => row[Math.max(0, lane.labels.indexOf(label))].toFixed(2)).join(", ")}`).join(". ");
  return h("div", {},
    h("p", { class: "pw-quiet pw-axis-name", text: fill(strings.probability, { label }) }),
    h("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": `${strings.after}. ${spoken}` },
      grid, drawn, words(LEFT, HEIGHT - 6, strings.start, "start"), words(width - RIGHT, HEIGHT - 6, strings.end, "end")));
}
