// The six stages, each a few rows of the shared grid.

import { slice } from "../shared/array.js";
import { afterTable, bars, formula } from "./answers.js";
import { prepare } from "../shared/canvas.js";
import { css } from "../shared/color.js";
import { chips, typed } from "./chips.js";
import { arrange, fill, h } from "../shared/dom.js";
import { heading, panelName, under } from "./grid.js";
import { layers } from "./layers.js";
import { headOf } from "./panels.js";
import { pooling } from "./pooling.js";
import { readable, stripSaid } from "./reading.js";
import { fixed } from "../shared/rounding.js";
import { steps } from "./steps.js";
import { limit, tokenStrips } from "../shared/strips.js";

const STRIP = 16;

function text(grid, state, order) {
  grid.cells(heading(grid, "text", order, state), (row) =>
    typed(grid, state.columns.stretches, row),
  );
}

function tokens(grid, state, order) {
  state.panels.forEach((panel, index) => {
    const gutter = index === 0 ? heading(grid, "tokens", order, state) : panelName(state, index);
    grid.cells(gutter, (row) =>
      chips(grid, panel, index, state.columns.of, row, state.actions.chip),
    );
  });
  const line = grid.keep("inspect", "", () => h("div", { class: "pw-inspect" })); // in the text's direction
  grid.sayers.push(() =>
    line.replaceChildren(...state.panels.map((panel, index) => inspected(panel, index, state))),
  );
  grid.wide(line);
}

/** The chosen token as the vocabulary spells it, its id and the characters it covers. */
function inspected(panel, index, state) {
  const { strings } = state,
    i = state.token(index);
  const span =
    panel.words[i] < 0
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

/** Which numbers these are: arrays that were the same again are the same buffer. */
const drawnOf = ({ values }) => [values.buffer, values.byteOffset];

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
    facts: () => [...drawnOf(matrix), state.boxes(index), state.scale(index), most],
    paint: (node) => {
      const boxes = state.boxes(index),
        context = prepare(node, boxes.width, height);
      tokenStrips(context, state.scale(index), matrix, boxes, { height, most });
    },
  });
  readable(canvas, grid, state, index, [{ where, top: () => 0, height, matrix }]);
  if (most === panel.most) {
    grid.strips.push({ holder: () => canvas.parentElement, index, row: 0, top: () => 0, height });
  }
}

function embedding(grid, state, order) {
  const { strings } = state;
  const open = state.opened.includes("embedding");
  state.panels.forEach((panel, index) => {
    const gutter = index === 0 ? heading(grid, "embedding", order, state) : panelName(state, index);
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
  if (gutter) under(grid, `embedding ${index}`, gutter);
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
    const { signed } = state.scale(0);
    if (!grid.afresh(bar, [signed])) return;
    const context = prepare(bar, 96, 8);
    signed.forEach((color, k) => {
      context.fillStyle = css(color);
      context.fillRect((k * 96) / 256, 0, 1, 8);
    });
  });
  const ends = ["−", "+"].map((sign) => h("span", { text: sign + most }));
  return grid.keep("legend", [words, most], () =>
    h(
      "p",
      { class: "pw-legendline", dir: "ltr" },
      h("span", { class: "pw-scale" }, ends[0], bar, ends[1]),
      words,
    ),
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

/** A stage that has a block for each panel beside its heading. */
function blocks(grid, state, order, stage, make) {
  const row = grid.keep(`row ${stage}`, "", () => h("div", { class: "pw-row", dir: "ltr" }));
  const panels = state.panels.map((_panel, index) => {
    const key = `${stage} ${index}`,
      kind = `pw-panelblock pw-panel-${index}`;
    const block = grid.keep(`block ${key}`, "", () => h("div", { class: kind }));
    arrange(block, [panelName(state, index), ...make(index)].filter(Boolean));
    return block;
  });
  arrange(row, panels);
  under(grid, stage, heading(grid, stage, order, state), row);
}

const pooled = (grid, state, order) =>
  blocks(grid, state, order, "pooled", (index) => [pooling(grid, state, index)]);

function prediction(grid, state, order) {
  const open = state.opened.includes("prediction"),
    { strings, allLabels, actions } = state;
  const hidden = state.hides("probabilities");
  blocks(grid, state, order, "prediction", (index) => {
    const panel = state.panels[index],
      { labels, logits, probabilities, after, threshold } = panel;
    const facts = { labels, logits, probabilities, after, threshold };
    const node = grid.keep(`answers ${index}`, [facts, panel.function, open, allLabels], () =>
      h(
        "div",
        {},
        hidden ? null : bars(panel, strings, allLabels, actions.labels),
        open ? formula(panel, strings) : null,
        open && after.length ? afterTable(panel, strings) : null,
      ),
    );
    return [node];
  });
}

/** The special tokens between two sentences, as they are written. */
function between({ sentences, shown }) {
  const second = sentences?.indexOf(1) ?? -1;
  return second < 0 ? "" : shown.slice(sentences.lastIndexOf(0) + 1, second).join(" ");
}

/** What the "What happens" tab says of a stage, and what it shows beside. */
export function explanation(stage, panel, state) {
  const { strings } = state;
  const variant = {
    tokens: panel.explained ? panel.kind.toLowerCase().replaceAll(/[ -]/g, "_") : "library",
    embedding: panel.types ? "types" : "",
    pooled: panel.activation,
    prediction: headOf(panel),
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
  const more = stage === "tokens" && between(panel);
  const pair = more ? ` ${fill(strings.explain_tokens_pair, { between: more })}` : "";
  return fill(own, { ...words, case: fill(lowered, words) }) + pair;
}

export const PARTS = ["mixing", "halves"]; // inside a layer

/** What unfolds under the layers: how a head mixes, and what the layer does with it. */
function layerParts(grid, state, panel, index) {
  if (state.offline === true || !panel.attention) return null;
  const words = { layer: panel.layer, head: panel.head, token: panel.shown[state.token(index)] };
  const inside = (name) => {
    const module = state.part("inside");
    return module && [h("style", { text: module.style }), module.parts[name](grid, state, index)];
  };
  return PARTS.map((name) => {
    const open = state.opened.includes(name);
    const button = h("button", {
      ...{ type: "button", class: "pw-part-toggle", "data-key": `part-${name}-${index}` },
      "aria-expanded": String(open),
      text: [open ? "▾" : "▸", fill(state.strings[`part_${name}`], words)].join(" "),
      onclick: () => state.actions.toggle(name),
    });
    return h("div", { class: "pw-part-fold" }, button, open ? inside(name) : null);
  });
}

/** What stands beside the words: how the chosen word was cut; what a layer is made of. */
export function extra(stage, panel, index, state, grid) {
  if (stage === "layers") return layerParts(grid, state, panel, index);
  return stage === "tokens" ? steps(panel, state.token(index), state.strings) : null;
}

export const STAGES = { text, tokens, embedding, layers, pooled, prediction };
