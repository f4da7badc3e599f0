// The stack of layers: what leaves each of them, and the opened one's attention.

import { slice } from "../shared/array.js";
import { prepare, styled } from "../shared/canvas.js";
import { arrange, fill, h, renew } from "../shared/dom.js";
import { tokenStrips } from "../shared/strips.js";
import { afterLayer } from "./answers.js";
import { curves } from "./curves.js";
import { heading, panelName, under } from "./grid.js";
import { headStory } from "./head_story.js";
import { winner } from "./panels.js";
import { readable } from "./reading.js";
import { headPicker } from "./thumbs.js";

const STRIP = 16,
  CURVES = 128,
  DRAWINGS = ["curves", "heatmap"];

/** The gutter of one layer: its number, and what the classifier would answer after it. */
function layerGutter(grid, state, index, layer) {
  const panel = state.panels[index],
    { strings } = state;
  const said = state.hides("probabilities") ? null : afterLayer(panel, layer + 1);
  const answer = said === null ? "" : `: ${panel.labels[winner(panel)]} ${said.shown}`;
  const words = `${fill(strings.after_layer, { layer })}${answer}`;
  const node = grid.keep(`layer ${index} ${layer}`, [said === null, panel.layers], () =>
    h(
      "button",
      {
        ...{ type: "button", role: "radio", class: `pw-layer pw-panel-${index}` },
        "data-key": `layer-${index}-${layer}`,
        "aria-posinset": layer + 1,
        "aria-setsize": panel.layers,
        onclick: () => state.actions.choose("layer", layer),
        onkeydown: (event) => state.actions.layerKey(event, index),
      },
      h("span", { text: `${strings.layer} ${layer}` }),
      said && h("span", { class: "pw-mini" }, h("span")),
      said && h("span", { class: "pw-mono pw-said" }),
    ),
  );
  const chosen = layer === panel.layer;
  renew(node, {
    ...{ "aria-checked": chosen, tabindex: chosen ? 0 : -1, title: words },
    "aria-label": `${strings.layer} ${layer}. ${words}`,
  });
  if (said) {
    const [, bar, shown] = node.children;
    renew(bar, { style: said.mark });
    renew(bar.firstChild, { style: said.bar });
    renew(shown, { text: said.shown });
  }
  return node;
}

/** Over the bars of the layers: of what they are the probability. */
function stopped(grid, state, index) {
  const panel = state.panels[index];
  if (!panel.after.length || state.hides("probabilities")) return;
  const words = fill(state.strings.stopped, { label: panel.labels[winner(panel)] });
  const make = () => h("span", { class: "pw-stopped", text: words });
  grid.cells(grid.keep(`stopped ${index}`, words, make), () => []);
}

export function layers(grid, state, order) {
  const open = state.opened.includes("layers"),
    hint = { class: "pw-hint", dir: "ltr", text: state.strings.hint_layers };
  const head = heading(grid, "layers", order, state);
  under(
    grid,
    "layers",
    head,
    grid.keep("hint layers", "", () => h("p", hint)),
  );
  state.panels.forEach((panel, index) => {
    if (state.panels.length > 1) under(grid, `layers ${index}`, panelName(state, index));
    const opened = open && panel.attention ? panel.layer : 0;
    layerRows(grid, state, index, 0, opened);
    if (open && panel.attention) attention(grid, state, index);
    layerRows(grid, state, index, opened, panel.layers);
  });
}

/** The hidden states after layers `from` to `to` − 1, on one canvas. */
function layerRows(grid, state, index, from, to) {
  if (from === to) return;
  if (from === 0) stopped(grid, state, index);
  const panel = state.panels[index],
    { strings } = state,
    name = `${strings.layer} ${from}–${to - 1}`;
  const canvas = state.canvas(`layers ${index} ${from ? "below" : "above"}`, {
    ...{ role: "slider", tabindex: 0, "data-key": `strips-${index}-${from ? "below" : "above"}` },
    "aria-label": layersSaid(panel, from, to, strings),
  });
  const rows = Array.from({ length: to - from }, (_, k) => ({
    where: `${panel.title}, ${strings.layer} ${from + k}`,
    top: () => tops()[k],
    height: STRIP,
    matrix: slice(panel.hidden, from + k + 1),
  }));
  const gutters = rows.map((_, k) => layerGutter(grid, state, index, from + k));
  const tops = grid.canvasRows(gutters, canvas, {
    size: STRIP,
    label: `${panel.title}, ${name}`,
    facts: () => [panel.hidden, from, state.boxes(index), state.scale(index), panel.most],
    paint: (node, tops, height) => {
      const boxes = state.boxes(index),
        context = prepare(node, boxes.width, height);
      const place = { tops, height: STRIP, most: panel.most };
      tokenStrips(context, state.scale(index), slice(panel.hidden, from + 1, to + 1), boxes, place);
    },
  });
  readable(canvas, grid, state, index, rows);
  rows.forEach(({ top, height }, k) =>
    grid.strips.push({ holder: () => canvas.parentElement, index, row: from + k + 1, top, height }),
  );
}

/** What the strips of these layers come to: the answer after each of them. */
function layersSaid(panel, from, to, strings) {
  const numbers = Array.from({ length: to - from }, (_, k) => afterLayer(panel, from + k + 1));
  return fill(strings.layers_said, {
    model: panel.title,
    label: panel.labels[winner(panel)],
    numbers: numbers.map((one, k) => `${from + k}: ${one?.shown ?? "–"}`).join(", "),
  });
}

/** The chosen layer opened: its heads to choose from, and the chosen head's weights. */
function attention(grid, state, index) {
  const panel = state.panels[index],
    { strings } = state;
  const picker = headPicker(grid, state, index, {
    canvas: state.canvas(`thumbs ${index}`, { "aria-hidden": true, class: "pw-thumb-sheet" }),
  });
  const line = grid.keep(`heads ${index}`, "", () =>
    h("div", { class: `pw-heads pw-panel-${index}` }, h("span", { class: "pw-heads-name" })),
  );
  renew(line.firstChild, { text: headStory(panel, strings) });
  arrange(line, [line.firstChild, picker, drawingSwitch(grid, state, index)]);
  grid.wide(line);
  if (state.drawing === "heatmap") {
    const heat = state.part("heat");
    return heat && grid.wide(heat.headView(grid, state, index));
  }
  const canvas = state.canvas(`curves ${index}`, {
    role: "img",
    "aria-label": state.headSummary(index),
  });
  let colors;
  grid.readers.push(() => {
    colors = styled(canvas, { accent: "--pw-panel", quiet: "--pw-quiet", text: "--pw-text" });
  });
  const ends = grid.keep(`ends ${index}`, "", () =>
    h(
      "div",
      { class: "pw-quiet pw-curves-ends" },
      [strings.looks_at, strings.this_token].map((text) => h("span", { text })),
    ),
  );
  grid.canvas(ends, canvas, {
    height: CURVES,
    follows: true,
    kind: `pw-curves pw-panel-${index}`,
    facts: () => [
      ...[panel.attention, state.boxes(index), state.token(index)],
      ...Object.values(colors),
    ],
    paint: (node) => {
      const boxes = state.boxes(index),
        context = prepare(node, boxes.width, CURVES);
      curves(context, panel.attention, boxes, CURVES, state.token(index), colors);
    },
  });
}

function drawingSwitch(grid, state, index) {
  const { strings, actions } = state;
  const node = grid.keep(`drawing ${index}`, "", () =>
    h(
      "div",
      { role: "group", class: "pw-drawing", dir: "ltr", "aria-label": strings.drawing },
      DRAWINGS.map((name) =>
        h("button", {
          ...{ type: "button", "data-key": `drawing-${name}`, text: strings[name] },
          onclick: () => actions.choose("drawing", name),
        }),
      ),
    ),
  );
  DRAWINGS.forEach((name, k) =>
    renew(node.children[k], { "aria-pressed": state.drawing === name }),
  );
  return node;
}
