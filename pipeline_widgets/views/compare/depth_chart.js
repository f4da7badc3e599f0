// What each model would answer after each layer, over how deep the layer is in its own model.

import { fill, h } from "../shared/dom.js";
import { best, place, range } from "../shared/heads.js";
import { quantity } from "../shared/quantities.js";
import { fixed } from "../shared/rounding.js";

const HEIGHT = 190,
  LEFT = 40,
  RIGHT = 128,
  TOP = 14,
  BOTTOM = 26;

/** One scale for both: 0 to 1, or whole numbers around all that either answers. */
function common(panels) {
  const ends = panels.map((panel) => range(panel, panel.after.flat()));
  return {
    low: Math.min(...ends.map(({ low }) => low)),
    high: Math.max(...ends.map(({ high }) => high)),
  };
}

export function depthChart(panels, strings, wide) {
  const width = Math.max(280, Math.min(760, wide));
  const first = best(panels[0].probabilities),
    label = panels[0].labels[first],
    scale = common(panels);
  const x = (part) => LEFT + part * (width - LEFT - RIGHT),
    y = (value) => TOP + (1 - place(scale, value)) * (HEIGHT - TOP - BOTTOM);
  const line = (a, b, c, d, kind) => h("line", { x1: a, y1: b, x2: c, y2: d, class: kind });
  const words = (at, top, text, anchor = "middle", kind = "pw-tick") =>
    h("text", { x: at, y: top, "text-anchor": anchor, class: kind, text });
  const middle = (scale.low + scale.high) / 2;
  const grid = [scale.low, middle, scale.high].flatMap((value) => [
    line(LEFT, y(value), width - RIGHT, y(value), "pw-rule"),
    words(LEFT - 8, y(value) + 4, String(value).replace("-", "−"), "end"),
  ]);
  const drawn = panels.flatMap((panel, index) => {
    const own = panel.labels.includes(label)
      ? panel.labels.indexOf(label)
      : best(panel.probabilities);
    const points = panel.after.map((row, k) => [
      x(k / (panel.after.length - 1)),
      y(row[own]),
      row[own],
      k,
    ]);
    const said = ([, , value, k]) =>
      fill(k ? strings.after_point : strings.before_layers, {
        model: panel.title,
        layer: k - 1,
        label: panel.labels[own],
        value: fixed(value, 3),
      });
    const marks = points.map((point) =>
      index === 0
        ? h(
            "circle",
            { cx: point[0], cy: point[1], r: 4.5, class: `pw-point pw-panel-${index}` },
            h("title", { text: said(point) }),
          )
        : h(
            "rect",
            {
              x: point[0] - 4,
              y: point[1] - 4,
              width: 8,
              height: 8,
              class: `pw-point pw-panel-${index}`,
            },
            h("title", { text: said(point) }),
          ),
    );
    const last = points.at(-1),
      rival = panels[1 - index]?.after.at(-1)[first] ?? 0;
    const apart =
      Math.abs(y(rival) - last[1]) < 16
        ? last[2] > rival || (last[2] === rival && index === 0)
          ? -8
          : 8
        : 0;
    return [
      h("path", {
        d: points.map(([a, b], k) => `${k ? "L" : "M"}${a} ${b}`).join(""),
        class: `pw-path pw-panel-${index}`,
      }),
      ...marks,
      words(
        last[0] + 10,
        last[1] + 4 + apart,
        `${panel.title} ${fixed(last[2])}`,
        "start",
        `pw-end pw-panel-${index}`,
      ),
    ];
  });
  const spoken = panels
    .map(
      (panel) =>
        `${panel.title}: ${panel.after.map((row) => fixed(row[Math.max(0, panel.labels.indexOf(label))])).join(", ")}`,
    )
    .join(". ");
  return h(
    "div",
    {},
    h("p", { class: "pw-quiet pw-axis-name", text: fill(quantity(panels[0], strings), { label }) }),
    h(
      "svg",
      {
        viewBox: `0 0 ${width} ${HEIGHT}`,
        width,
        height: HEIGHT,
        role: "img",
        "aria-label": `${strings.after}. ${spoken}`,
      },
      grid,
      drawn,
      words(LEFT, HEIGHT - 6, strings.start, "start"),
      words(width - RIGHT + 24, HEIGHT - 6, strings.end),
    ),
  );
}
