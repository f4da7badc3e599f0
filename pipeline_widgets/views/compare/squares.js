// The same words thrice: where one model looks, where the other does, and the difference.

import { largestAt, rowSaid } from "../attention/captions.js";
import { largest } from "../attention/effect_wall.js";
import { scaleBar } from "../attention/row_table.js";
import { squareView } from "../attention/square.js";
import { kindOf } from "../attention/wall.js";
import { prepare } from "../shared/canvas.js";
import { css, differenceColor, weightColor } from "../shared/color.js";
import { fill, h } from "../shared/dom.js";
import { signed } from "../shared/writing.js";

/** The colours from "one has more" to "the other has more", with the models' names. */
function differenceBar(scale, most, names, strings) {
  const bar = h("canvas", { "aria-hidden": true });
  const context = prepare(bar, 128, 10);
  scale.difference.forEach((color, k) => {
    context.fillStyle = css(color);
    context.fillRect(k / 2, 0, 1, 10);
  });
  const side = (name, k) =>
    h("span", { class: `pw-panel-${k} pw-more`, text: fill(strings.more, { model: name }) });
  const [one, two] = names;
  return h(
    "div",
    { class: "pw-sides" },
    h("div", { class: "pw-scale" }, signed(-most, 2), bar, signed(most, 2)),
    h("div", {}, side(one, 0), side(two, 1)),
  );
}

/** Menus of a model's layers and heads; `choose(trait, index, value)` is asked for. */
function menus(strings, index, choose) {
  const menu = (trait) => {
    const node = h("select", {
      "data-key": `${trait}-${index}`,
      onchange: () => choose(trait, index, Number(node.value)),
    });
    return { node, label: h("label", {}, `${strings[trait.slice(0, -1)]} `, node) };
  };
  const parts = { layers: menu("layers"), heads: menu("heads") };
  return {
    node: h("span", { class: "pw-choice" }, parts.layers.label, parts.heads.label),
    update(panel, source, chosen) {
      const shown = { layers: ["head", "heads"].includes(source), heads: source === "head" };
      for (const [trait, { node, label }] of Object.entries(parts)) {
        const count = panel[trait];
        if (node.childElementCount !== count) {
          node.replaceChildren(
            ...Array.from({ length: count }, (_, k) => h("option", { value: k, text: k })),
          );
        }
        node.setAttribute("aria-label", `${panel.title}, ${strings[trait.slice(0, -1)]}`);
        node.value = String(chosen[trait]);
        label.hidden = !shown[trait] || count < 2;
      }
    },
  };
}

/**
 * Three squares in a row. `pointed(cell)` is called when another cell is pointed at, `lock(row)`,
 * `choose(trait, index, value)`. Returns the node, `update(state)` and `paint()`.
 */
export function threeSquares(strings, { pointed, lock, choose }) {
  let state = null;
  const parts = [0, 1, 2].map((index) => {
    const square = squareView(strings, { changed: () => point(index), lock, leave: () => {} });
    square.node.dataset.key = `square-${index}`;
    const title = h("h5", { class: "pw-square-name" }),
      kind = h("p", { class: "pw-hint pw-square-kind" }),
      stage = h("div", { class: "pw-stage" }, square.node),
      legend = h("div");
    const choice = index < 2 ? menus(strings, index, choose) : null;
    const head = h("div", { class: "pw-head" }, title, choice?.node);
    const all = [head, kind, stage, legend];
    const block = h("div", { class: `pw-square pw-panel-${index}` }, ...all);
    return { square, title, choice, kind, stage, legend, block };
  });
  const node = h(
    "div",
    { class: "pw-squares" },
    parts.map(({ block }) => block),
  );
  const names = () => state.panels.map((panel) => panel.title);

  function point(index) {
    const { cell } = parts[index].square;
    parts.forEach(({ square }, other) => {
      if (other !== index) square.show(cell);
    });
    pointed(cell);
  }
  /** "Largest difference: “not” → “was”, −0.42." */
  function differenceSaid() {
    const { values, labels, keys, shape } = state.squares[2];
    const at = largestAt(values.map(Math.abs));
    const place = { query: labels[Math.floor(at / shape[1])], key: keys[at % shape[1]] };
    return fill(strings.largest_difference, { ...place, value: signed(values[at], 2) });
  }
  function sourceSaid(index) {
    const panel = state.panels[index],
      { source } = state,
      [layer, head] = [state.layers[index], state.heads[index]];
    if (source === "head") return kindOf(panel.wall, panel, strings, layer, head);
    const { layers, heads } = panel;
    return fill(strings[`note_${source}`], { layer, layers, heads });
  }
  /** What a square shows, from its own numbers: its name, and what is said when it changes. */
  function said(index) {
    if (index === 2) return `${parts[2].title.textContent}. ${differenceSaid()}`;
    const [layer, head] = [state.layers[index], state.heads[index]],
      where = { layer, head, model: names()[index] };
    const square = state.squares[index],
      at = largestAt(square.values),
      row = state.word >= 0 ? state.word : Math.floor(at / square.shape[1]);
    const name = state.source === "head" ? fill(strings.title, where) : where.model;
    return `${name}. ${sourceSaid(index)} ${rowSaid(square, row, strings)}`;
  }

  function update(next) {
    state = next;
    parts.forEach((part, index) => {
      part.title.textContent =
        index < 2 ? names()[index] : fill(strings.difference, { one: names()[0], two: names()[1] });
      const chosen = { layers: state.layers[index], heads: state.heads[index] };
      part.choice?.update(state.panels[index], state.source, chosen);
      part.kind.textContent = index < 2 ? sourceSaid(index) : differenceSaid();
    });
    paint();
  }
  function paint() {
    if (!state || !node.isConnected) return;
    const { squares } = state,
      most = largest(squares[2].values) || 1,
      text = getComputedStyle(node).getPropertyValue("--pw-text");
    parts.forEach(({ square, stage, legend }, index) => {
      const scale = state.scales[index % 2]; // the difference begins at the first model's colour
      square.paint({
        ...{ square: squares[index], locked: state.word, lockedColumn: -1, scale, text },
        width: stage.clientWidth,
        accent: text,
        color: index < 2 ? weightColor : (colors, value) => differenceColor(colors, value, most),
      });
      square.node.setAttribute("aria-label", said(index));
      legend.replaceChildren(
        index < 2 ? scaleBar(scale) : differenceBar(scale, most, names(), strings),
      );
    });
  }
  return { node, update, paint, said };
}
