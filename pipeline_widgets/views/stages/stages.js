// The six stages, each a few rows of the shared grid.

import { slice } from "../shared/array.js";
import { afterLayer, afterTable, bars, formula } from "./answers.js";
import { prepare, styled } from "../shared/canvas.js";
import { chips, typed } from "./chips.js";
import { curves } from "./curves.js";
import { fill, h } from "../shared/dom.js";
import { heading } from "./grid.js";
import { headView } from "./head_view.js";
import { winner } from "./panels.js";
import { map } from "./map_stage.js";
import { pooling } from "./pooling.js";
import { steps } from "./steps.js";
import { tokenStrips } from "../shared/strips.js";
import { headPicker } from "./thumbs.js";

const STRIP = 16,
  CURVES = 128;

const panelName = (state, index) =>
  state.panels.length < 2
    ? null
    : h("span", { class: `pw-panel-name pw-panel-${index}`, text: state.panels[index].title });

function text(grid, state, order) {
  grid.cells(heading("text", order, state), (row) => typed(state.columns.stretches, row));
}

function tokens(grid, state, order) {
  state.panels.forEach((panel, index) => {
    const gutter = index === 0 ? heading("tokens", order, state) : panelName(state, index);
    grid.cells(gutter, (row) => chips(panel, index, state.columns.of, row, state.actions.chip));
  });
  const line = h("div", { class: "pw-inspect" }); // in the direction of the text
  grid.sayers.push(() =>
    line.replaceChildren(...state.panels.map((panel, index) => inspected(panel, index, state))),
  );
  grid.wide(line);
}

/** The chosen token as the vocabulary spells it, its id and the characters it covers. */
function inspected(panel, index, state) {
  const { strings } = state,
    i = state.token(index);
  const span = panel.special[i]
    ? strings.special
    : `${strings.span} ${panel.spans[2 * i]}–${panel.spans[2 * i + 1]}`;
  return h(
    "span",
    { class: `pw-panel-${index}` },
    h("code", { class: "pw-raw-piece", dir: "ltr", text: panel.pieces[i] }),
    ` ${strings.id} ${panel.ids[i]} · ${span}`,
  );
}

/** A row of strips, (T, cells), with its own gutter. */
function stripRow(grid, state, gutter, index, matrix, { name, height = STRIP }) {
  const panel = state.panels[index];
  const canvas = state.canvas(`strip ${index} ${name}`, {
    role: "img",
    "aria-label": `${panel.title}: ${name}`,
  });
  grid.canvas(gutter, canvas, {
    height,
    paint: (node) => {
      const boxes = state.boxes(index);
      tokenStrips(prepare(node, boxes.width, height), state.scale(index), matrix, boxes, { height });
    },
  });
}

function embedding(grid, state, order) {
  const { strings } = state;
  const open = state.opened.includes("embedding");
  state.panels.forEach((panel, index) => {
    const gutter = index === 0 ? heading("embedding", order, state) : panelName(state, index);
    if (!open || !panel.embedding)
      return stripRow(
        grid,
        state,
        gutter,
        index,
        panel.hidden ? slice(panel.hidden, 0) : panel.embedding[2],
        { name: strings.embedding },
      );
    if (gutter) grid.wide(h("div", { class: "pw-under" }, gutter));
    const parts = [strings.token_part, `+ ${strings.position_part}`, `→ LayerNorm`];
    parts.forEach((part, k) => {
      stripRow(
        grid,
        state,
        h("span", { class: "pw-part", text: part }),
        index,
        panel.embedding[k],
        {
          name: part,
          height: 22,
        },
      );
      if (k === 1) grid.cells(null, (row) => positions(panel, state, row));
    });
  });
}

function positions(panel, state, row) {
  return panel.position_ids.map((position, i) => {
    const [first, last] = state.columns.of(panel, i);
    return h("span", {
      class: "pw-position pw-mono",
      style: `grid-row:${row};grid-column:${first + 2}/${last + 2}`,
      text: position,
    });
  });
}

/** The gutter of one layer: its number, and what the head would say after it. */
function layerGutter(state, index, layer) {
  const panel = state.panels[index],
    { strings } = state;
  const said = afterLayer(panel, layer + 1);
  const answer = said === null ? "" : `${panel.labels[winner(panel)]} ${said.toFixed(2)}`;
  return h(
    "button",
    {
      type: "button",
      role: "radio",
      class: `pw-layer pw-panel-${index}`,
      "data-key": `layer-${index}-${layer}`,
      "aria-checked": String(layer === panel.layer),
      tabindex: layer === panel.layer ? 0 : -1,
      "aria-label": `${panel.title}, ${strings.layer} ${layer}. ${fill(strings.after_layer, { layer })}: ${answer}`,
      title: `${fill(strings.after_layer, { layer })}: ${answer}`,
      onclick: () => state.actions.choose("layer", layer),
      onkeydown: (event) => state.actions.layerKey(event, panel),
    },
    h("span", { text: `${strings.layer} ${layer}` }),
    said === null
      ? null
      : h("span", { class: "pw-mini" }, h("span", { style: `width:${(100 * said).toFixed(0)}%` })),
    said === null ? null : h("span", { class: "pw-mono pw-said", text: said.toFixed(2) }),
  );
}

function layers(grid, state, order) {
  const open = state.opened.includes("layers");
  grid.wide(
    h(
      "div",
      { class: "pw-under" },
      heading("layers", order, state),
      h("p", { class: "pw-hint", dir: "ltr", text: state.strings.hint_layers }),
    ),
  );
  state.panels.forEach((panel, index) => {
    if (panelName(state, index))
      grid.wide(h("div", { class: "pw-under" }, panelName(state, index)));
    const opened = open && panel.attention ? panel.layer : 0;
    layerRows(grid, state, index, 0, opened);
    if (open && panel.attention) attention(grid, state, index);
    layerRows(grid, state, index, opened, panel.layers);
  });
}

/** The hidden states after layers `from` to `to` − 1, on one canvas. */
function layerRows(grid, state, index, from, to) {
  if (from === to) return;
  const panel = state.panels[index],
    chosen = Array.from({ length: to - from }, (_, k) => from + k);
  const label = `${panel.title}: ${chosen.map((layer) => `${state.strings.layer} ${layer}`).join(", ")}`;
  const canvas = state.canvas(`layers ${index} ${from ? "below" : "above"}`, {
    role: "img",
    "aria-label": label,
  });
  grid.canvasRows(
    chosen.map((layer) => layerGutter(state, index, layer)),
    canvas,
    {
      size: STRIP,
      paint: (node, tops, height) => {
        const boxes = state.boxes(index),
          context = prepare(node, boxes.width, height);
        chosen.forEach((layer, k) =>
          tokenStrips(context, state.scale(index), slice(panel.hidden, layer + 1), boxes, {
            top: tops[k],
            height: STRIP,
          }),
        );
      },
    },
  );
}

/** The chosen layer opened: its heads to choose from, and the chosen head's weights. */
function attention(grid, state, index) {
  const panel = state.panels[index],
    { strings } = state;
  const picker = headPicker(grid, panel, strings.head, {
    choose: (head) => state.actions.choose("head", head),
    scale: () => state.scale(index),
    canvas: state.canvas(`thumbs ${index}`, { "aria-hidden": true, class: "pw-thumb-sheet" }),
  });
  picker.addEventListener("keydown", (event) => state.actions.headKey(event, panel));
  grid.wide(
    h(
      "div",
      { class: `pw-heads pw-panel-${index}` },
      h("span", {
        class: "pw-heads-name",
        text: `${strings.layer} ${panel.layer} · ${strings.head} ${panel.head}`,
      }),
      picker,
      drawingSwitch(state),
    ),
  );
  if (state.drawing === "heatmap") return grid.wide(headView(grid, state, index));
  const canvas = state.canvas(`curves ${index}`, {
    role: "img",
    "aria-label": state.headSummary(index),
  });
  let colors;
  grid.readers.push(() => {
    colors = styled(canvas, { accent: "--pw-panel", quiet: "--pw-quiet", text: "--pw-text" });
  });
  grid.canvas(h("p", { class: "pw-quiet pw-curves-note", text: strings.curves_note }), canvas, {
    height: CURVES,
    follows: true,
    kind: `pw-curves pw-panel-${index}`,
    paint: (node) => {
      const boxes = state.boxes(index);
      curves(
        prepare(node, boxes.width, CURVES),
        panel.attention,
        boxes,
        CURVES,
        state.token(index),
        colors,
      );
    },
  });
}

function drawingSwitch(state) {
  return h(
    "div",
    { role: "group", class: "pw-drawing", dir: "ltr", "aria-label": state.strings.drawing },
    ["curves", "heatmap"].map((name) =>
      h("button", {
        type: "button",
        "data-key": `drawing-${name}`,
        "aria-pressed": String(state.drawing === name),
        text: state.strings[name],
        onclick: () => state.actions.choose("drawing", name),
      }),
    ),
  );
}

function pooled(grid, state, order) {
  grid.wide(
    h(
      "div",
      { class: "pw-under" },
      heading("pooled", order, state),
      h(
        "div",
        { class: "pw-row", dir: "ltr" },
        state.panels.map((panel, index) =>
          h(
            "div",
            { class: `pw-panelblock pw-panel-${index}` },
            panelName(state, index),
            pooling(grid, state, index),
          ),
        ),
      ),
    ),
  );
}

function prediction(grid, state, order) {
  const open = state.opened.includes("prediction");
  grid.wide(
    h(
      "div",
      { class: "pw-under" },
      heading("prediction", order, state),
      h(
        "div",
        { class: "pw-row", dir: "ltr" },
        state.panels.map((panel, index) =>
          h(
            "div",
            { class: `pw-panelblock pw-panel-${index}` },
            panelName(state, index),
            bars(panel),
            open ? formula(panel, state.strings) : null,
            open && panel.after.length ? afterTable(panel, state.strings) : null,
          ),
        ),
      ),
    ),
  );
}

/** What the "What happens" tab says of a stage, and what it shows beside. */
export function explanation(stage, panel, state) {
  const { strings } = state;
  const own = strings[`explain_${stage}_${panel.architecture}`] ?? strings[`explain_${stage}`];
  return fill(own, { case: strings[`case_${panel.architecture}`] ?? "" });
}

/** What stands beside the words: for the tokenizer, how it cut the chosen word. */
export function extra(stage, panel, index, state) {
  return stage === "tokens" ? steps(panel, state.token(index), state.strings) : null;
}

export const STAGES = { text, tokens, embedding, layers, pooled, prediction, map };
