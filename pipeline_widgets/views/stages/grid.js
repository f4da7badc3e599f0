// The grid that all stages share: a sticky gutter, then one column for each stretch of text.

import { arrange, fill, h, renew } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";

/**
 * Rows are added from the top. A grid made after another takes over its element and, in `keep`,
 * what is the same again; `settle()` puts the rest in its place. What hasn't changed is then never
 * taken out of the page: it costs no style and no layout.
 */
export class Grid {
  constructor(count, before) {
    this.row = this.marksEnd = 1;
    this.count = count;
    this.known = before?.kept ?? new Map(); // what stood in the grid before, by key
    this.kept = new Map();
    this.drawn = before?.drawn ?? new WeakMap(); // of what each canvas has been drawn
    this.children = [];
    this.readers = []; // look where things stand: all of them before anything is drawn, for one layout
    this.painters = []; // draw again when the size or the theme changes
    this.followers = []; // draw again when another token is chosen, too
    this.strips = []; // rows of strips, to be marked where they changed
    this.sayers = []; // tell of the chosen token in words
    this.node = before?.node ?? h("div", { class: "pw-grid" });
    if (count !== before?.count) {
      const columns = `var(--pw-gutter) repeat(${count}, auto) minmax(0, 1fr)`;
      this.node.style.gridTemplateColumns = columns;
    }
  }

  /** The node that `key` had before if it was made of the same `facts`, else a new one. */
  keep(key, facts, make) {
    const said = JSON.stringify(facts),
      before = this.known.get(key);
    const node = before?.said === said ? before.node : make();
    this.kept.set(key, { said, node });
    return node;
  }

  /** What has come and gone since the last grid, and nothing else, is moved. */
  settle() {
    arrange(this.node, this.children);
  }

  /** Cells in the next row, after the gutter's. */
  cells(gutter, make) {
    const row = this.row++;
    this.marksEnd = this.row; // a token is marked down to the last row that has a cell for it
    this.children.push(this.#gutter(gutter, row), ...[make(row)].flat());
    return row;
  }

  /**
   * A canvas as wide as all columns; `paint(canvas)` draws it once everything has its place, and
   * again where one of `facts()` is another than when it was drawn last.
   */
  canvas(gutter, canvas, { height, paint, facts, kind = "", follows = false }) {
    const style = (row) => `grid-row:${row};grid-column:2/${this.count + 2};height:${height}px`;
    this.cells(gutter, (row) => this.#holder(canvas, `pw-canvas ${kind}`, style(row)));
    const draw = () => this.afresh(canvas, facts()) && paint(canvas);
    (follows ? this.followers : this.painters).push(draw);
  }

  /** Whether something has to be drawn: from other facts than last, or at another sharpness. */
  afresh(node, facts) {
    const now = [window.devicePixelRatio, ...facts],
      before = this.drawn.get(node);
    this.drawn.set(node, now);
    return now.length !== before?.length || now.some((fact, k) => fact !== before[k]);
  }

  /** The element around a canvas, and no rings of the last change in it. */
  #holder(canvas, kind, style) {
    while (canvas.nextSibling) canvas.nextSibling.remove();
    const node = this.#around([canvas], "pw-canvas", () => h("div", {}, canvas));
    renew(node, { class: kind, style });
    return node;
  }

  /**
   * Rows that share a canvas; `paint(canvas, tops, height)` hears where each row's `size` pixels
   * begin. The gutters are the radio buttons of a group called `label`. Returns `tops()`.
   */
  canvasRows(gutters, canvas, { size, paint, facts, label }) {
    const first = this.row,
      cells = gutters.map((gutter) => this.#gutter(gutter, this.row++));
    this.marksEnd = this.row;
    const style = `grid-row:${first}/${this.row};grid-column:2/${this.count + 2}`;
    const kind = "pw-layergroup",
      group = this.#around(cells, kind, () => h("div", { role: "radiogroup", class: kind }, cells));
    renew(group, { "aria-label": label });
    this.children.push(group, this.#holder(canvas, "pw-canvas pw-rows", style));
    let tops, height;
    this.readers.push(() => {
      const start = cells[0].offsetTop,
        last = cells.at(-1);
      tops = cells.map((cell) => cell.offsetTop - start + (cell.offsetHeight - size) / 2);
      height = last.offsetTop + last.offsetHeight - start;
    });
    const spaced = () => [...facts(), height, tops.join()];
    this.painters.push(() => this.afresh(canvas, spaced()) && paint(canvas, tops, height));
    return () => tops;
  }

  /** Something as wide as the view, that does not move when the columns scroll. */
  wide(...children) {
    const kinds = ["pw-wide", "pw-widecell"],
      inner = this.#around(children, kinds[0], () => h("div", { class: kinds[0] }, children)),
      cell = this.#around([inner], kinds[1], () => h("div", { class: kinds[1] }, inner));
    renew(cell, { style: `grid-row:${this.row++};grid-column:1/-1` });
    this.children.push(cell);
  }

  #gutter(content, row) {
    const kind = "pw-gutter",
      make = () => h("div", { class: kind, dir: "ltr" }, content);
    const node = content
      ? this.#around([content], kind, make)
      : this.keep(`gutter ${row}`, "", make);
    renew(node, { style: `grid-row:${row}` });
    return node;
  }

  /** The element that already stands around exactly these, else a new one. */
  #around(children, kind, make) {
    const holder = children[0]?.parentElement;
    if (!holder?.classList.contains(kind) || holder.children.length !== children.length) {
      return make();
    }
    return children.every((one, k) => one === holder.children[k]) ? holder : make();
  }
}

/** What stands beside a stage's heading, as wide as the view; the element stays, its parts come and go. */
export function under(grid, key, ...children) {
  const node = grid.keep(`under ${key}`, "", () => h("div", { class: "pw-under" }));
  arrange(node, children.filter(Boolean));
  grid.wide(node);
}

/** The gutter's heading of a stage: number, name, shape, time and the button that opens it. */
export function heading(grid, stage, order, state) {
  const { panels, strings, opened, actions, hides } = state;
  const open = opened.includes(stage),
    lit = state.lit() === stage;
  const words = { stage: strings[stage] };
  const sizes = (open ? panels : []).map((panel) => [
    shape(panel, stage, strings),
    panel.ms[stage] === undefined || hides("times")
      ? null
      : ` ${fill(strings.milliseconds, { count: fixed(panel.ms[stage], 1) })}`,
  ]);
  const node = grid.keep(
    `heading ${stage}`,
    [order, open, lit, sizes.map(([, time]) => time === null)],
    () =>
      h(
        "div",
        { class: `pw-heading ${lit ? "pw-lit" : ""}`, dir: "ltr" },
        h(
          "h4",
          { class: "pw-stage-title" },
          h(
            "button",
            {
              type: "button",
              class: "pw-toggle",
              "data-key": `toggle-${stage}`,
              "aria-expanded": String(open),
              title: [strings[`${stage}_meaning`], fill(open ? strings.close : strings.open, words)]
                .filter(Boolean)
                .join("\n"),
              onclick: () => actions.toggle(stage),
            },
            h("span", { class: "pw-order", "aria-hidden": true, text: order }),
            h("span", { class: "pw-name", text: strings[stage] }),
            h("span", { class: "pw-chevron", "aria-hidden": true, text: open ? "▾" : "▸" }),
          ),
        ),
        sizes.map(([, time], index) =>
          h(
            "div",
            { class: `pw-shape pw-mono pw-panel-${index}` },
            h("span"),
            time === null ? null : h("span", { class: "pw-ms" }),
          ),
        ),
      ),
  );
  sizes.forEach((words, index) => {
    [...node.children[index + 1].children].forEach((one, k) => renew(one, { text: words[k] }));
  });
  return node;
}

/** A panel's title over its own rows, where there are two. */
export const panelName = (state, index) =>
  state.panels.length < 2
    ? null
    : h("span", { class: `pw-panel-name pw-panel-${index}`, text: state.panels[index].title });

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
  const unit =
    { text: panel.sentences && "texts", prediction: panel.labels.length === 1 && "logit" }[stage] ||
    stage;
  return [shapes[stage].join(" × "), strings[`unit_${unit}`] ?? ""].join(" ").trim();
}
