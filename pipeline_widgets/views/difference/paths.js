// The first token's way from layer to layer, in both sentences, towards the decision line.

import { fill, h } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";

const HIGH = 262,
  EDGE = { left: 26, right: 26, top: 26, bottom: 46 };

const text = (x, y, words, properties = {}) => h("text", { x, y, text: words, ...properties });

/** Both paths as one SVG, `row` marked in both. */
export function pathsPlot({ difference, row, rowName, strings, width }) {
  const { paths } = difference;
  const sides = [paths.pinned, paths.new];
  const most = Math.max(0.5, ...sides.flat().map(([along]) => Math.abs(along))) * 1.12;
  const heights = sides.flat().map(([, across]) => across);
  const low = Math.min(...heights),
    high = Math.max(...heights, low + 0.5);
  const wide = width - EDGE.left - EDGE.right,
    tall = HIGH - EDGE.top - EDGE.bottom;
  const x = (along) => EDGE.left + ((along + most) / (2 * most)) * wide;
  const y = (across) => EDGE.top + ((high - across) / (high - low)) * tall;
  const at = ([along, across]) => [x(along), y(across)];
  const svg = h("svg", {
    role: "img",
    class: "pw-paths-plot",
    viewBox: `0 0 ${width} ${HIGH}`,
    width,
    height: HIGH,
    "aria-label": `${strings.paths}. ${pathsSaid(difference, row, rowName, strings)}`,
  });
  const line = h("path", {
    class: "pw-decision",
    d: `M${x(0)} ${EDGE.top - 8}V${HIGH - EDGE.bottom}`,
  });
  svg.append(line, ...labels(difference, strings, width, x(0)));
  const pair = sides.map((path) => at(path[row]));
  svg.append(
    h("path", {
      class: "pw-apart",
      d: `M${pair.map((p) => p.join(" ")).join("L")}`,
    }),
  );
  sides.forEach((path, index) => {
    const name = ["pinned", "new"][index];
    const group = h("g", { class: `pw-way pw-of-${name}` });
    group.append(
      h("path", {
        d: `M${path.map((point) => at(point).join(" ")).join("L")}`,
      }),
    );
    path.forEach((point, k) => {
      const [left, top] = at(point);
      group.append(
        h("circle", {
          cx: left,
          cy: top,
          r: k === row ? 6.5 : 3,
          class: k === row ? "pw-now" : "",
        }),
      );
    });
    const [left, top] = at(path.at(-1));
    const above = path.at(-1)[1] >= sides[1 - index].at(-1)[1];
    const inward = left > width - 70 ? "end" : left < 70 ? "start" : "middle";
    group.append(
      text(left, top + (above ? -12 : 21), strings[name], {
        "text-anchor": inward,
        class: "pw-way-name",
      }),
      ...numbered(path.map(at)),
    );
    svg.append(group);
  });
  return svg;
}

/** The layers' numbers beside those points that lie apart from the next ones. */
function numbered(points) {
  return points.slice(1, -1).flatMap(([left, top], layer) => {
    const [nextLeft, nextTop] = points[layer + 2];
    if (Math.hypot(nextLeft - left, nextTop - top) < 26) return [];
    const [before, beforeTop] = points[layer];
    if (Math.hypot(before - left, beforeTop - top) < 14) return [];
    return [text(left + 8, top + 14, layer, { class: "pw-tick" })];
  });
}

/** What the two sides of the line stand for. */
function labels({ paths, labels: names }, strings, width, middle) {
  const [one, two] = paths.labels.map((label) => names[label]);
  const right = { "text-anchor": "end", class: "pw-tick" };
  return [
    text(width - 4, HIGH - 12, `${one} →`, right),
    text(4, HIGH - 12, paths.labels[0] === paths.labels[1] ? "" : `← ${two}`, {
      class: "pw-tick",
    }),
    text(middle, HIGH - 12, strings.path_line, {
      "text-anchor": "middle",
      class: "pw-tick",
    }),
  ];
}

/** The two numbers at `row`, in words. */
export function pathsSaid({ paths }, row, rowName, strings) {
  const [pinned, now] = [paths.pinned[row], paths.new[row]].map(([along]) => fixed(along));
  return fill(strings.path_point, { where: rowName, pinned, new: now });
}
