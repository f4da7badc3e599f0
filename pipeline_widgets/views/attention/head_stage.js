// One square large: its title and caption, the drawing, the row pointed at and its derivation.

import { scales } from "../shared/color.js";
import { direction } from "../shared/columns.js";
import { fill, h } from "../shared/dom.js";
import { cutsOf, shares, sharesTable } from "../shared/pairs.js";
import { arcsView } from "./arcs.js";
import { rowSaid, strongest, strongestAt } from "./captions.js";
import { derivation } from "./derivation.js";
import { massive, square } from "./merging.js";
import { rowTable, scaleBar } from "./row_table.js";
import { squareView } from "./square.js";
import { drawingSwitch } from "./toolbar.js";
import { kindOf } from "./wall.js";
import { fixed } from "../shared/rounding.js";
import { share } from "../shared/writing.js";

/**
 * `leave()` gives the focus back to the heads, `say(sentence)` is for the live region.
 * Returns the node, `update(state)` for another square, `paint()`, `focus()`.
 */
export function headStage(strings, { get, send, leave, say }) {
  let state = null,
    drawn = null;
  const title = h("h4", { class: "pw-title", title: strings.head_meaning }),
    caption = h("p", { class: "pw-kind" }),
    notes = h("p", { class: "pw-hint pw-notes" });
  const drawing = drawingSwitch(strings, get, send);
  const canvases = {
    heatmap: squareView(strings, { changed: pointed, lock, leave }),
    curves: arcsView(strings, { changed: pointed, lock, leave }),
  };
  const pair = h("div", { class: "pw-pair" });
  const stage = h("div", { class: "pw-stage" }),
    side = h("div", { class: "pw-beside" });
  const node = h(
    "section",
    { class: "pw-one", "aria-label": strings.one },
    h(
      "div",
      { class: "pw-titlerow" },
      h("div", { class: "pw-captions" }, title, caption),
      drawing.node,
    ),
    notes,
    h("div", { class: "pw-headview" }, stage, side),
    pair,
  );
  const view = () => canvases[drawn?.crossed ? "heatmap" : get("drawing")];
  const at = (groups, token) =>
    token < 0 ? -1 : groups.findIndex((group) => group.includes(token));
  const rowOf = (token) => at(drawn.groups, token);

  function lock(row, column) {
    send({
      token: row < 0 ? -1 : drawn.groups[row][0],
      key: column < 0 ? -1 : drawn.keyGroups[column][0],
    });
  }
  function pointed() {
    drawRow();
    name();
    const { cell } = view();
    if (!cell || !node.contains(node.getRootNode().activeElement)) return;
    const [row, column] = cell,
      weight = fixed(drawn.values[row * drawn.shape[1] + column], 3);
    const here = { query: drawn.labels[row], key: drawn.keys[column], weight };
    say(`${fill(strings.cell, here)}. ${rowSaid(drawn, row, strings)}`);
  }

  /** Title, caption and square of what is chosen now. */
  function update(next) {
    state = next;
    const { panel, weights, layer, head } = state,
      source = get("source"),
      names = { layer, head, heads: panel.heads, layers: panel.layers };
    title.textContent =
      source === "head"
        ? `${strings.layer} ${layer} · ${strings.head} ${head}`
        : strings[`source_${source}`];
    drawing.update();
    drawing.node.hidden = Boolean(panel.keys.shown); // curves join tokens of one line
    const size = [panel.shown.length, (panel.keys.shown ?? panel.shown).length];
    if (!weights || String(weights.shape) !== String(size)) return; // the new run's is on its way
    drawn = square(weights, panel, { words: get("words"), specials: get("specials") });
    const kind =
      source === "head"
        ? kindOf(state.data, panel, strings, layer, head)
        : fill(strings[`note_${source}`], names);
    caption.textContent = [kind, strongest(drawn, strings), state.effect].filter(Boolean).join(" ");
    notes.textContent = noted();
    node.classList.toggle("pw-curves-on", view() === canvases.curves);
    if (stage.firstChild !== view().node) {
      stage.replaceChildren(view().node);
      for (const one of Object.values(canvases)) one.clear();
    }
    paint();
  }
  function noted() {
    const kept = fill(strings.mass_note, { percent: share(get("mass")) });
    return [
      state.panel.causal ? strings.causal_note : "",
      get("words") ? strings.words_note : "",
      strings[`${get("specials")}_note`] ?? "",
      get("mass") < 1 ? kept : "",
    ]
      .filter(Boolean)
      .join(" ");
  }

  function paint() {
    if (!drawn?.shape[0] || !node.isConnected) return;
    drawPair();
    const style = getComputedStyle(node),
      color = (of) => style.getPropertyValue(of);
    view().paint({
      square: massive(drawn, get("mass")),
      locked: rowOf(get("token")),
      lockedColumn: at(drawn.keyGroups, get("key")),
      width: stage.clientWidth,
      scale: state.scale,
      rtl: direction(state.panel.text) === "rtl",
      text: color("--pw-text"),
      quiet: color("--pw-quiet"),
      accent: color(get("drawing") === "curves" ? "--pw-panel" : "--pw-text"),
    });
    drawRow();
    name();
  }
  /** Of two sentences, the line between them, and how much of either's look goes to the other. */
  function drawPair() {
    const { sentences } = state.panel,
      sides = drawn.groups.map(([first]) => sentences[first]);
    drawn.cuts = cutsOf(sides);
    pair.replaceChildren(
      ...(sentences.length ? [sharesTable(shares(drawn, sides), state.scale, strings)] : []),
    );
  }
  /** The row in the table: the locked one, the one pointed at, or that of the strongest look. */
  function row() {
    const locked = rowOf(get("token"));
    if (locked >= 0) return locked;
    const strong = strongestAt(drawn);
    return view().cell?.[0] ?? Math.max(0, Math.floor(strong / drawn.shape[1]));
  }
  /** The picture's name says its point: what the head does, and the row that is looked at. */
  function name() {
    const said = `${title.textContent}. ${caption.textContent} ${rowSaid(drawn, row(), strings)}`;
    view().node.setAttribute("aria-label", said);
  }

  /** The row pointed at or locked, as a table, and where one of its weights comes from. */
  function drawRow() {
    const locked = rowOf(get("token")),
      cell = view().cell;
    const focused = side.contains(node.getRootNode().activeElement);
    const parts = [
      rowTable({ square: drawn, row: row(), cell, locked: locked >= 0, strings, sums: sums() }),
      ...(locked >= 0 && state.answered ? [derived(locked, cell)] : []),
    ];
    side.replaceChildren(...parts, scaleBar(state.scale));
    if (focused) (side.querySelector("[tabindex]") ?? view().node).focus();
  }
  const sums = () => (state.panel.complete ? strings.column_sum : strings.loose_sums);
  function derived(locked, cell) {
    const key = cell && cell[0] === locked ? drawn.keyGroups[cell[1]][0] : get("key");
    const hint = (text) => h("p", { class: "pw-hint", text });
    if (get("source") !== "head" || get("words")) return hint(strings.derive_words);
    if (key < 0) return hint(strings.derive_pair);
    const shown = get("_shown"),
      { vectors, panel } = state;
    if (!vectors || vectors.layer !== shown.layer || vectors.head !== shown.head) return hint("…");
    return derivation({
      vectors,
      token: get("token"),
      key,
      panel,
      scale: state.scale,
      strings,
      renormalised: get("specials") === "renormalised",
    });
  }

  /** What the head does, for the live region. */
  const said = () => `${title.textContent}. ${caption.textContent}`;
  return { node, update, paint, said, focus: () => view().node.focus() };
}

/** The scales of the theme that `root` is in. */
export const scaleOf = (root) => scales(root.dataset.dark === "true", root.dataset.first);
