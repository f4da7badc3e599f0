// Stage 5: one vector leaves the stack; dense and tanh or ReLU follow.

import { slice } from "./array.js";
import { fill, h } from "./dom.js";
import { limit, strip } from "./strips.js";
import { prepare } from "./canvas.js";

const HEIGHT = 22;

/** first → dense → activated as three strips with what happens between them. */
export function pooling(grid, state, index) {
  const lane = state.lanes[index];
  const WIDTH = state.lanes.length > 1 ? 88 : 150;
  const names = [fill(state.strings.first, { token: lane.shown[0] }), state.strings.dense, lane.activation];
  const strips = names.map((_, k) => {
    const { values } = slice(lane.pooled, k);
    const canvas = state.canvas(`pooled ${index} ${k}`, { role: "img", "aria-label": names[k] });
    grid.painters.push(() => strip(prepare(canvas, WIDTH, HEIGHT), state.scale(), values, limit(values), { x: 0, y: 0, width: WIDTH, height: HEIGHT }));
    return h("figure", { class: "pw-vector" }, h("figcaption", { class: "pw-mono", text: names[k] }), canvas);
  });
  const arrow = () => h("span", { class: "pw-arrow", "aria-hidden": true, text: "→" });
  return h("div", { class: "pw-pooling" }, strips[0], arrow(), strips[1], arrow(), strips[2]);
}
