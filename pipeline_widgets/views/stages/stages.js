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

const laneName = (state, index) =>
  state.lanes.length < 2
    ? null
    : h("span", { class: `pw-lane-name pw-lane-${index}`, text: state.lanes[index].title });

function text(grid, state, order) {
  grid.cells(heading("text", order, state), (row) => typed(state.columns.stretches, row));
}

function tokens(grid, state, order) {
  state.lanes.forEach((lane, index) => {
    const gutter = index === 0 ? heading("tokens", order, state) : laneName(state, index);
    grid.cells(gutter, (row) => chips(lane, index, state.columns.of, row, state.actions.chip));
  });
  const line = h("div", { class: "pw-inspect" }); // in the direction of the text
  grid.sayers.push(() =>
    line.replaceChildren(...state.lanes.map((lane, index) => inspected(lane, index, state))),
  );
  grid.wide(line);
}

/** The chosen token as the vocabulary spells it, its id and the characters it covers. */
function inspected(lane, index, state) {
  const { strings } = state,
    i = state.token(index);
  const span = lane.special[i]
    ? strings.special
    : `${strings.span} ${lane.spans[2 * i]}–${lane.spans[2 * i + 1]}`;
  return h(
    "span",
    { class: `pw-lane-${index}` },
    h("code", { class: "pw-raw-piece", dir: "ltr", text: lane.pieces[i] }),
    ` ${strings.id} ${lane.ids[i]} · ${span}`,
  );
}

/** A row of strips, (T, cells), with its own gutter. */
function stripRow(grid, state, gutter, index, matrix, { name, height = STRIP }) {
  const lane = state.lanes[index];
  const canvas = state.canvas(`strip ${index} ${name}`, {
    role: "img",
    "aria-label": `${lane.title}: ${name}`,
  });
  grid.canvas(gutter, canvas, {
    height,
    paint: (node) => {
      const boxes = state.boxes(index);
      tokenStrips(prepare(node, boxes.width, height), state.scale(), matrix, boxes, { height });
    },
  });
}

function embedding(grid, state, order) {
  const { strings } = state;
  const open = state.opened.includes("embedding");
  state.lanes.forEach((lane, index) => {
    const gutter = index === 0 ? heading("embedding", order, state) : laneName(state, index);
    if (!open || !lane.embedding)
      return stripRow(
        grid,
        state,
        gutter,
        index,
        lane.hidden ? slice(lane.hidden, 0) : lane.embedding[2],
        { name: strings.embedding },
      );
    if (gutter) grid.wide(h("div", { class: "pw-under" }, gutter));
    const parts = [strings.token_part, `+ ${strings.position_part}`, `→ LayerNorm`];
    parts.forEach((part, k) => {
      stripRow(grid, state, h("span", { class: "pw-part", text: part }), index, lane.embedding[k], {
        name: part,
        height: 22,
      });
      if (k === 1) grid.cells(null, (row) => positions(lane, state, row));
    });
  });
}

function positions(lane, state, row) {
  return lane.position_ids.map((position, i) => {
    const [first, last] = state.columns.of(lane, i);
    return h("span", {
      class: "pw-position pw-mono",
      style: `grid-row:${row};grid-column:${first + 2}/${last + 2}`,
      text: position,
    });
  });
}

/** The gutter of one layer: its number, and what the head would say after it. */
function layerGutter(state, index, layer) {
  const lane = state.lanes[index],
    { strings } = state;
  const said = afterLayer(lane, layer + 1);
  const answer = said === null ? "" : `${lane.labels[winner(lane)]} ${said.toFixed(2)}`;
  return h(
    "button",
    {
      type: "button",
      role: "radio",
      class: `pw-layer pw-lane-${index}`,
      "data-key": `layer-${index}-${layer}`,
      "aria-checked": String(layer === lane.layer),
      tabindex: layer === lane.layer ? 0 : -1,
      "aria-label": `${lane.title}, ${strings.layer} ${layer}. ${fill(strings.after_layer, { layer })}: ${answer}`,
      title: `${fill(strings.after_layer, { layer })}: ${answer}`,
      onclick: () => state.actions.choose("layer", layer),
      onkeydown: (event) => state.actions.layerKey(event, lane),
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
  state.lanes.forEach((lane, index) => {
    if (laneName(state, index)) grid.wide(h("div", { class: "pw-under" }, laneName(state, index)));
    const opened = open && lane.attention ? lane.layer : 0;
    layerRows(grid, state, index, 0, opened);
    if (open && lane.attention) attention(grid, state, index);
    layerRows(grid, state, index, opened, lane.layers);
  });
}

/** The hidden states after layers `from` to `to` − 1, on one canvas. */
function layerRows(grid, state, index, from, to) {
  if (from === to) return;
  const lane = state.lanes[index],
    chosen = Array.from({ length: to - from }, (_, k) => from + k);
  const label = `${lane.title}: ${chosen.map((layer) => `${state.strings.layer} ${layer}`).join(", ")}`;
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
          tokenStrips(context, state.scale(), slice(lane.hidden, layer + 1), boxes, {
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
  const lane = state.lanes[index],
    { strings } = state;
  const picker = headPicker(grid, lane, strings.head, {
    choose: (head) => state.actions.choose("head", head),
    scale: state.scale,
    canvas: state.canvas(`thumbs ${index}`, { "aria-hidden": true, class: "pw-thumb-sheet" }),
  });
  picker.addEventListener("keydown", (event) => state.actions.headKey(event, lane));
  grid.wide(
    h(
      "div",
      { class: `pw-heads pw-lane-${index}` },
      h("span", {
        class: "pw-heads-name",
        text: `${strings.layer} ${lane.layer} · ${strings.head} ${lane.head}`,
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
    colors = styled(canvas, { accent: "--pw-lane", quiet: "--pw-quiet", text: "--pw-text" });
  });
  grid.canvas(h("p", { class: "pw-quiet pw-curves-note", text: strings.curves_note }), canvas, {
    height: CURVES,
    follows: true,
    kind: `pw-curves pw-lane-${index}`,
    paint: (node) => {
      const boxes = state.boxes(index);
      curves(
        prepare(node, boxes.width, CURVES),
        lane.attention,
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
        state.lanes.map((lane, index) =>
          h(
            "div",
            { class: `pw-laneblock pw-lane-${index}` },
            laneName(state, index),
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
        state.lanes.map((lane, index) =>
          h(
            "div",
            { class: `pw-laneblock pw-lane-${index}` },
            laneName(state, index),
            bars(lane),
            open ? formula(lane, state.strings) : null,
            open && lane.after.length ? afterTable(lane, state.strings) : null,
          ),
        ),
      ),
    ),
  );
}

/** What the "What happens" tab says of a stage, and what it shows beside. */
export function explanation(stage, lane, state) {
  const { strings } = state;
  const own = strings[`explain_${stage}_${lane.architecture}`] ?? strings[`explain_${stage}`];
  return fill(own, { case: strings[`case_${lane.architecture}`] ?? "" });
}

/** What stands beside the words: for the tokenizer, how it cut the chosen word. */
export function extra(stage, lane, index, state) {
  return stage === "tokens" ? steps(lane, state.token(index), state.strings) : null;
}

export const STAGES = { text, tokens, embedding, layers, pooled, prediction, map };
