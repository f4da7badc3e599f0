// Beside each head's map: how far the answer moves when that one head is switched off.

import { css, signedColor } from "../shared/color.js";
import { fill, h } from "../shared/dom.js";
import { prepare } from "../shared/canvas.js";
import { signed } from "../shared/writing.js";

export function largest(values) {
  let most = 0;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}

/** The cells, in the order of the wall; returns the node and `update(state)`. */
export function effectWall(_strings, choose) {
  const node = h("div", { class: "pw-wall pw-effect-wall", role: "img" });
  let cells = [],
    built = "",
    shown,
    marked;

  function build(state) {
    const { panel, order } = state;
    const header =
      order === "layer"
        ? [
            h("i"),
            ...Array.from({ length: panel.heads }, (_, head) =>
              h("span", { class: "pw-axis", text: head }),
            ),
          ]
        : [];
    cells = state.sequence.map((index) =>
      h("span", {
        class: "pw-effect",
        onclick: () => choose(Math.floor(index / panel.heads), index % panel.heads),
      }),
    );
    const name = (at) =>
      `${Math.floor(state.sequence[at] / panel.heads)}·${state.sequence[at] % panel.heads}`;
    const rows =
      order === "layer"
        ? cells.flatMap((cell, at) =>
            at % panel.heads === 0
              ? [h("span", { class: "pw-axis pw-axis-layer", text: at / panel.heads }), cell]
              : [cell],
          )
        : cells.map((cell, at) =>
            h(
              "span",
              { class: "pw-effect-box" },
              cell,
              h("span", { class: "pw-tile-name", text: name(at) }),
            ),
          );
    node.style.setProperty("--pw-heads", panel.heads);
    node.classList.toggle("pw-by-layer", order === "layer");
    node.replaceChildren(...header, ...rows);
  }

  function update(state) {
    const key = `${state.panel.layers} ${state.panel.heads} ${state.order} ${state.sequence.join()}`;
    if (key !== built) {
      built = key;
      build(state);
    }
    const values = state.effects?.values;
    const most = values ? largest(values) : 0;
    const digits = most < 0.05 ? 3 : 2;
    state.sequence.forEach((index, at) => {
      const value = values ? values[index] : NaN,
        cell = cells[at];
      const known = Number.isFinite(value);
      const color = known ? signedColor(state.scale, value, most) : null;
      cell.style.background = color ? css(color) : "";
      cell.style.color = color ? ink(color) : "";
      cell.classList.toggle("pw-known", known);
      const text = known ? signed(value, digits).replace("0.", ".") : "";
      cell.textContent = text;
      cell.title = `${Math.floor(index / state.panel.heads)}·${index % state.panel.heads} ${known ? signed(value, 4) : ""}`;
    });
    shown = state;
    mark(state.layer, state.head);
    node.setAttribute("aria-label", state.effectSummary);
  }
  function mark(layer, head) {
    const next = cells[shown.sequence.indexOf(layer * shown.panel.heads + head)];
    if (next !== marked) marked?.classList.remove("pw-chosen");
    next?.classList.add("pw-chosen");
    marked = next;
  }
  return { node, update, mark };
}

/** Black or white, whichever reads on `color`. */
function ink([r, g, b]) {
  const light = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b) > 0.179 ? "#14151b" : "#ffffff";
}

/** The colours from −most to +most, with their numbers. */
export function signedBar(scale, most, kind = "signed") {
  const bar = h("canvas", { "aria-hidden": true });
  const context = prepare(bar, 128, 10);
  scale[kind].forEach((color, k) => {
    context.fillStyle = css(color);
    context.fillRect(k / 2, 0, 1, 10);
  });
  return h("div", { class: "pw-scale" }, signed(-most, 3), bar, signed(most, 3));
}

/** The button that measures, its bar while it does, and the button that stops it. */
export function meter(strings, ask) {
  const button = h("button", {
    type: "button",
    class: "pw-measure-button",
    "data-key": "measure",
    onclick: () => ask(button.dataset.running !== "true"),
  });
  const bar = h("progress", { max: 1, value: 0, "aria-label": strings.effects });
  const said = h("span", { class: "pw-quiet pw-mono" });
  const node = h("span", { class: "pw-meter" }, button, bar, said);
  return {
    node,
    update(running, effects) {
      button.dataset.running = String(running);
      button.textContent = running
        ? strings.cancel
        : effects?.done
          ? strings.measure_again
          : strings.measure;
      const part = effects?.total ? effects.done / effects.total : 0;
      bar.hidden = !running;
      bar.value = part;
      said.textContent =
        running || (effects?.done && part < 1)
          ? fill(strings.progress, { done: effects?.done ?? 0, total: effects?.total ?? "…" })
          : "";
    },
  };
}
