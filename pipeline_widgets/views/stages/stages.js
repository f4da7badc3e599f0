// The six stages, each a few rows of the shared grid.

import { slice } from "../shared/array.js";
import { afterLayer, afterTable, bars, formula } from "./answers.js";
import { prepare, styled } from "../shared/canvas.js";
import { css } from "../shared/color.js";
import { chips, typed } from "./chips.js";
import { curves } from "./curves.js";
import { fill, h } from "../shared/dom.js";
import { heading } from "./grid.js";
import { headStory } from "./head_story.js";
import { headView } from "./head_view.js";
import { winner } from "./panels.js";
import { pooling } from "./pooling.js";
import { readable, stripSaid } from "./reading.js";
import { fixed } from "../shared/rounding.js";
import { steps } from "./steps.js";
import { limit, tokenStrips } from "../shared/strips.js";
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
  const id = state.hides("ids") ? "" : ` ${strings.id} ${panel.ids[i]} ·`;
  return h(
    "span",
    { class: `pw-panel-${index}` },
    h("code", { class: "pw-raw-piece", dir: "ltr", text: panel.pieces[i] }),
    `${id} ${span}`,
  );
}

/** A row of strips, (T, cells), with its own gutter. */
function stripRow(grid, state, gutter, index, matrix, { name, height = STRIP, most }) {
  const panel = state.panels[index],
    where = `${panel.title}, ${name}`;
  const canvas = state.canvas(`strip ${index} ${name}`, {
    ...{ role: "slider", tabindex: 0, "data-key": `strip-${index}-${name}` },
    "aria-label": stripSaid(where, matrix, panel, state.strings),
  });
  grid.canvas(gutter, canvas, {
    height,
    paint: (node) => {
      const boxes = state.boxes(index),
        context = prepare(node, boxes.width, height);
      tokenStrips(context, state.scale(index), matrix, boxes, { height, most });
    },
  });
  readable(canvas, grid, state, index, [{ where, top: () => 0, height, matrix }]);
  if (most === panel.most) {
    grid.strips.push({ holder: canvas.parentElement, index, row: 0, top: () => 0, height });
  }
}

function embedding(grid, state, order) {
  const { strings } = state;
  const open = state.opened.includes("embedding");
  state.panels.forEach((panel, index) => {
    const gutter = index === 0 ? heading("embedding", order, state) : panelName(state, index);
    if (open && panel.embedding) return embeddingParts(grid, state, index, gutter);
    const matrix = panel.hidden ? slice(panel.hidden, 0) : panel.embedding.at(-1);
    stripRow(grid, state, gutter, index, matrix, { name: strings.embedding, most: panel.most });
  });
  grid.wide(legend(grid, state, open));
}

/** token + position → LayerNorm, each on a scale of its own. */
function embeddingParts(grid, state, index, gutter) {
  const panel = state.panels[index],
    { strings } = state;
  if (gutter) grid.wide(h("div", { class: "pw-under" }, gutter));
  const third = panel.types ? [`+ ${strings.type_part}`] : [];
  const parts = [strings.token_part, `+ ${strings.position_part}`, ...third, `→ LayerNorm`];
  parts.forEach((name, k) => {
    const matrix = panel.embedding[k],
      most = limit(matrix.values);
    const said = h("span", { class: "pw-part" }, name, h("small", { text: ` ± ${fixed(most)}` }));
    stripRow(grid, state, said, index, matrix, { name, height: 22, most });
    if (k === 1) grid.cells(null, (row) => positions(panel, state, row));
  });
}

/** What a cell is and what its colour means, where strips first stand. */
function legend(grid, state, open) {
  const [panel] = state.panels,
    { strings } = state;
  const shown = (open ? panel.embedding?.[0] : panel.hidden)?.shape.at(-1) ?? 0;
  const words = fill(strings.legend, { count: panel.width, shown });
  const most = panel.most && !open ? fixed(panel.most, 1) : "";
  const bar = state.canvas("legend", { "aria-hidden": true });
  grid.painters.push(() => {
    const context = prepare(bar, 96, 8);
    state.scale(0).signed.forEach((color, k) => {
      context.fillStyle = css(color);
      context.fillRect((k * 96) / 256, 0, 1, 8);
    });
  });
  return h(
    "p",
    { class: "pw-legendline", dir: "ltr" },
    h("span", { class: "pw-scale" }, `−${most}`, bar, `+${most}`),
    words,
  );
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

/** The gutter of one layer: its number, and what the classifier would answer after it. */
function layerGutter(state, index, layer) {
  const panel = state.panels[index],
    { strings } = state;
  const said = state.hides("probabilities") ? null : afterLayer(panel, layer + 1);
  const answer = said === null ? "" : `: ${panel.labels[winner(panel)]} ${said.shown}`;
  const words = `${fill(strings.after_layer, { layer })}${answer}`;
  return h(
    "button",
    {
      type: "button",
      role: "radio",
      class: `pw-layer pw-panel-${index}`,
      "data-key": `layer-${index}-${layer}`,
      "aria-checked": String(layer === panel.layer),
      "aria-posinset": layer + 1,
      "aria-setsize": panel.layers,
      tabindex: layer === panel.layer ? 0 : -1,
      "aria-label": `${strings.layer} ${layer}. ${words}`,
      title: words,
      onclick: () => state.actions.choose("layer", layer),
      onkeydown: (event) => state.actions.layerKey(event, panel),
    },
    h("span", { text: `${strings.layer} ${layer}` }),
    said && h("span", { class: "pw-mini", style: said.mark }, h("span", { style: said.bar })),
    said && h("span", { class: "pw-mono pw-said", text: said.shown }),
  );
}

/** Over the bars of the layers: of what they are the probability. */
function stopped(grid, state, index) {
  const panel = state.panels[index];
  if (!panel.after.length || state.hides("probabilities")) return;
  const words = fill(state.strings.stopped, { label: panel.labels[winner(panel)] });
  grid.cells(h("span", { class: "pw-stopped", text: words }), () => []);
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
  const gutters = rows.map((_, k) => layerGutter(state, index, from + k));
  const tops = grid.canvasRows(gutters, canvas, {
    size: STRIP,
    label: `${panel.title}, ${name}`,
    paint: (node, tops, height) => {
      const boxes = state.boxes(index),
        context = prepare(node, boxes.width, height);
      rows.forEach(({ matrix }, k) => {
        const place = { top: tops[k], height: STRIP, most: panel.most };
        tokenStrips(context, state.scale(index), matrix, boxes, place);
      });
    },
  });
  readable(canvas, grid, state, index, rows);
  rows.forEach(({ top, height }, k) =>
    grid.strips.push({ holder: canvas.parentElement, index, row: from + k + 1, top, height }),
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
      h("span", { class: "pw-heads-name", text: headStory(panel, strings) }),
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
  const ends = [strings.looks_at, strings.this_token].map((text) => h("span", { text }));
  grid.canvas(h("div", { class: "pw-quiet pw-curves-ends" }, ends), canvas, {
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
        state.panels.map((_panel, index) =>
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
            state.hides("probabilities")
              ? null
              : bars(panel, state.strings, state.allLabels, state.actions.labels),
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
  const variant = {
    tokens: panel.explained ? panel.kind.toLowerCase().replaceAll(/[ -]/g, "_") : "library",
    embedding: panel.types ? "types" : "",
    pooled: panel.activation,
    prediction: panel.function,
  }[stage];
  const words = {
    model: panel.family,
    kind: panel.kind,
    first: panel.shown[0],
    last: panel.shown.at(-1),
    position: panel.position,
  };
  const lowered = { true: strings.case_lowered, false: strings.case_kept }[panel.lowered] ?? "";
  const own = strings[`explain_${stage}_${variant}`] ?? strings[`explain_${stage}`];
  return fill(own, { ...words, case: fill(lowered, words) });
}

const PARTS = ["mixing", "halves"];

/** What unfolds under the layers: how a head mixes, and what the layer does with it. */
function layerParts(grid, state, panel, index) {
  if (state.offline || !panel.attention) return null;
  const words = { layer: panel.layer, head: panel.head, token: panel.shown[state.token(index)] };
  return PARTS.map((name) => {
    const open = state.opened.includes(name);
    const button = h("button", {
      ...{ type: "button", class: "pw-part-toggle", "data-key": `part-${name}-${index}` },
      "aria-expanded": String(open),
      text: [open ? "▾" : "▸", fill(state.strings[`part_${name}`], words)].join(" "),
      onclick: () => state.actions.toggle(name),
    });
    return h(
      "div",
      { class: "pw-part-fold" },
      button,
      open ? state.inside?.[name]?.(grid, state, index) : null,
    );
  });
}

/** What stands beside the words: how the chosen word was cut; what a layer is made of. */
export function extra(stage, panel, index, state, grid) {
  if (stage === "layers") return layerParts(grid, state, panel, index);
  return stage === "tokens" ? steps(panel, state.token(index), state.strings) : null;
}

export const STAGES = { text, tokens, embedding, layers, pooled, prediction };
