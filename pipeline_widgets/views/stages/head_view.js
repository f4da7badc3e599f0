// The chosen head as a heatmap that can be read with the pointer and with the arrow keys.

import { prepare, styled } from "../shared/canvas.js";
import { css } from "../shared/color.js";
import { cellAt, heatmap } from "../shared/heatmap.js";
import { fill, h } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";

export function headView(grid, state, index) {
  const panel = state.panels[index],
    { strings } = state;
  const canvas = h("canvas", {
    tabindex: 0,
    role: "application",
    class: "pw-heatmap",
    "data-key": `heatmap-${index}`,
    "aria-label": state.headSummary(index),
    "aria-roledescription": strings.heatmap,
    "aria-keyshortcuts": "ArrowUp ArrowDown ArrowLeft ArrowRight Enter Escape",
  });
  const note = h("p", { class: "pw-cellnote", "aria-live": "polite" });
  let colors,
    place,
    cell = null;
  grid.readers.push(() => {
    colors = styled(canvas, { text: "--pw-text", accent: "--pw-accent" });
  });
  const paint = () => {
    place = heatmap(canvas, panel.attention, panel.shown, state.width() - 24, {
      scale: state.scale(index),
      ...colors,
      row: state.token(index),
      cell,
      cuts: panel.cuts,
    });
  };
  const say = () => {
    const [query, key] = cell ?? [];
    note.textContent = cell
      ? fill(strings.cell, {
          query: panel.shown[query],
          key: panel.shown[key],
          weight: fixed(panel.attention.values[query * panel.pieces.length + key], 3),
        })
      : state.headSummary(index);
  };
  const point = (next) => {
    cell = next;
    paint();
    say();
  };
  canvas.addEventListener("pointermove", (event) =>
    point(cellAt(place, event.offsetX, event.offsetY)),
  );
  canvas.addEventListener("pointerleave", () => point(null));
  canvas.addEventListener("click", () => cell && state.actions.chip.choose(index, cell[0]));
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[
      event.key
    ];
    const last = panel.pieces.length - 1,
      row = state.token(index);
    if (step) {
      const [query, key] = cell ?? [row - step[0], 0 - step[1]];
      point([query + step[0], key + step[1]].map((at) => Math.max(0, Math.min(last, at))));
    } else if (event.key === "Enter" && cell) state.actions.chip.choose(index, cell[0]);
    else if (event.key === "Escape" && cell) point(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  grid.followers.push(() => {
    paint();
    say();
  });
  return h(
    "div",
    { class: `pw-headview pw-panel-${index}`, dir: "ltr" },
    canvas,
    h("div", { class: "pw-legend" }, note, scaleBar(grid, state, index)),
  );
}

/** The colours of 0 to 1. */
function scaleBar(grid, state, index) {
  const bar = state.canvas(`scale ${index}`, { "aria-hidden": true });
  grid.painters.push(() => {
    const context = prepare(bar, 128, 10);
    state.scale(index).weight.forEach((color, k) => {
      context.fillStyle = css(color);
      context.fillRect(k / 2, 0, 1, 10);
    });
  });
  return h("div", { class: "pw-scale" }, "0", bar, "1");
}
