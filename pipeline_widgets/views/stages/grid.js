// The grid that all stages share: a sticky gutter, then one column for each stretch of text.

import { fill, h } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";

/** Rows are added from the top; the number of the next free row is the only state. */
export class Grid {
  constructor(count) {
    this.row = this.marksEnd = 1;
    this.count = count;
    this.readers = []; // look where things stand: all of them before anything is drawn, for one layout
    this.painters = []; // draw again when the size or the theme changes
    this.followers = []; // draw again when another token is chosen, too
    this.strips = []; // rows of strips, to be marked where they changed
    this.sayers = []; // tell of the chosen token in words
    this.node = h("div", {
      class: "pw-grid",
      style: `grid-template-columns: var(--pw-gutter) repeat(${count}, auto) minmax(0, 1fr)`,
    });
  }

  /** Cells in the next row, after the gutter's. */
  cells(gutter, make) {
    const row = this.row++;
    this.marksEnd = this.row; // a token is marked down to the last row that has a cell for it
    this.node.append(this.#gutter(gutter, row), ...[make(row)].flat());
    return row;
  }

  /** A canvas as wide as all columns; `paint(canvas)` draws it once everything has its place. */
  canvas(gutter, canvas, { height, paint, kind = "", follows = false }) {
    const style = (row) => `grid-row:${row};grid-column:2/${this.count + 2};height:${height}px`;
    this.cells(gutter, (row) =>
      h("div", { class: `pw-canvas ${kind}`, style: style(row) }, canvas),
    );
    (follows ? this.followers : this.painters).push(() => paint(canvas));
  }

  /**
   * Rows that share a canvas; `paint(canvas, tops, height)` hears where each row's `size` pixels
   * begin. The gutters are the radio buttons of a group called `label`. Returns `tops()`.
   */
  canvasRows(gutters, canvas, { size, paint, label }) {
    const first = this.row,
      cells = gutters.map((gutter) => this.#gutter(gutter, this.row++));
    this.marksEnd = this.row;
    const style = `grid-row:${first}/${this.row};grid-column:2/${this.count + 2}`;
    this.node.append(
      h("div", { role: "radiogroup", class: "pw-layergroup", "aria-label": label }, cells),
      h("div", { class: "pw-canvas pw-rows", style }, canvas),
    );
    let tops, height;
    this.readers.push(() => {
      const start = cells[0].offsetTop,
        last = cells.at(-1);
      tops = cells.map((cell) => cell.offsetTop - start + (cell.offsetHeight - size) / 2);
      height = last.offsetTop + last.offsetHeight - start;
    });
    this.painters.push(() => paint(canvas, tops, height));
    return () => tops;
  }

  /** Something as wide as the view, that does not move when the columns scroll. */
  wide(...children) {
    const inner = h("div", { class: "pw-wide" }, children);
    this.node.append(
      h("div", { class: "pw-widecell", style: `grid-row:${this.row++};grid-column:1/-1` }, inner),
    );
  }

  #gutter(content, row) {
    return h("div", { class: "pw-gutter", dir: "ltr", style: `grid-row:${row}` }, content);
  }
}

/** The gutter's heading of a stage: number, name, shape, time and the button that opens it. */
export function heading(stage, order, state) {
  const { panels, strings, opened, actions, hides } = state;
  const open = opened.includes(stage);
  const words = { stage: strings[stage] };
  return h(
    "div",
    { class: `pw-heading ${state.lit() === stage ? "pw-lit" : ""}`, dir: "ltr" },
    h(
      "button",
      {
        type: "button",
        class: "pw-toggle",
        "data-key": `toggle-${stage}`,
        "aria-expanded": String(open),
        title: fill(open ? strings.close : strings.open, words),
        onclick: () => actions.toggle(stage),
      },
      h("span", { class: "pw-order", "aria-hidden": true, text: order }),
      h("span", { class: "pw-name", text: strings[stage] }),
      h("span", { class: "pw-chevron", "aria-hidden": true, text: open ? "▾" : "▸" }),
    ),
    (open ? panels : []).map((panel, index) =>
      h(
        "div",
        { class: `pw-shape pw-mono pw-panel-${index}` },
        h("span", { text: shape(panel, stage, strings) }),
        panel.ms[stage] === undefined || hides("times")
          ? null
          : h("span", {
              class: "pw-ms",
              text: ` ${fill(strings.milliseconds, { count: fixed(panel.ms[stage], 1) })}`,
            }),
      ),
    ),
  );
}

/** The shape that leaves a stage: T tokens, D numbers each, L + 1 hidden states, C labels. */
function shape(panel, stage, strings) {
  const count = panel.pieces.length;
  const shapes = {
    text: [],
    tokens: [count],
    embedding: [count, panel.width],
    layers: [panel.layers + 1, count, panel.width],
    pooled: [panel.width],
    prediction: [panel.labels.length],
  };
  return [shapes[stage].join(" × "), strings[`unit_${stage}`] ?? ""].join(" ").trim();
}
