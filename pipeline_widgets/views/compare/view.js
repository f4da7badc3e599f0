// Two models on one text: how each cuts it, where each looks, what each would answer on the way.

import { decode } from "../shared/array.js";
import { scales, signedColor, weightColor } from "../shared/color.js";
import { cutsTable } from "./token_alignment.js";
import { depthChart } from "./depth_chart.js";
import { fill, h, once } from "../shared/dom.js";
import { largest, signed, signedBar } from "../attention/effect_wall.js";
import { scaleBar } from "../attention/row_table.js";
import { squareView } from "../attention/square.js";
import { followTheme } from "../shared/theme.js";
import { kindOf } from "../attention/wall.js";

const SOURCES = ["head", "heads", "layers", "rollout"];

function render({ model, el, signal }) {
  const strings = model.get("strings"),
    get = (name) => model.get(name);
  const send = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  let panels = [],
    squares = [],
    most = 1,
    pointed = 0;

  const cuts = h("div", { class: "pw-cuts" }),
    cutsNote = h("p", { class: "pw-hint" });
  const sources = h(
    "div",
    { class: "pw-segments", role: "group", "aria-label": strings.source },
    SOURCES.map((name) =>
      h("button", {
        type: "button",
        "data-key": `source-${name}`,
        "data-source": name,
        text: strings[`source_${name}`],
        onclick: () => send({ source: name }),
      }),
    ),
  );
  const drawings = [0, 1, 2].map((index) => {
    const square = squareView(strings, { changed: () => point(index), lock, leave: () => {} });
    square.node.dataset.key = `square-${index}`;
    const title = h("strong", { class: "pw-square-name" }),
      choice = h("span", { class: "pw-choice" }),
      kind = h("p", { class: "pw-hint pw-square-kind" }),
      legend = h("div");
    const stage = h("div", { class: "pw-stage" }, square.node);
    const block = h(
      "section",
      { class: `pw-square pw-panel-${index}` },
      h("div", { class: "pw-head" }, title, choice),
      kind,
      stage,
      legend,
    );
    return { square, title, choice, kind, stage, legend, block };
  });
  const note = h("p", { class: "pw-cell-note", "aria-live": "polite", text: strings.pick });
  const table = h("div", { class: "pw-row" });
  const chart = h("div", { class: "pw-depth" });
  const root = h(
    "div",
    { class: "pw pw-attention pw-compare", role: "group", "data-lm-suppress-shortcuts": "true" },
    h(
      "section",
      { class: "pw-part" },
      h("div", { class: "pw-head" }, h("strong", { text: strings.cuts }), cutsNote),
      cuts,
    ),
    h(
      "section",
      { class: "pw-part" },
      h("div", { class: "pw-head" }, h("strong", { text: strings.squares }), sources),
      h("p", { class: "pw-hint", text: strings.squares_note }),
      h(
        "div",
        { class: "pw-squares" },
        drawings.map(({ block }) => block),
      ),
      note,
      table,
    ),
    h(
      "section",
      { class: "pw-part" },
      h("strong", { text: strings.after }),
      h("p", { class: "pw-hint", text: strings.after_note }),
      chart,
    ),
  );
  el.append(root);

  const scale = () => scales(root.dataset.dark === "true");
  const count = () => get("rows").names.length;

  function read() {
    panels = get("panels").map(({ kinds, ...panel }) => ({
      ...panel,
      wall: {
        ...kinds,
        codes: decode(kinds.codes),
        values: decode(kinds.values),
        favourite: decode(kinds.favourite),
      },
    }));
    const { names, alike } = get("rows");
    cuts.replaceChildren(cutsTable(panels, names, alike, get("rows").text, strings.cuts));
    const inner = alike.slice(1, -1);
    cutsNote.textContent = fill(strings.cuts_note, {
      different: inner.filter((same) => !same).length,
      count: inner.length,
    });
    const answers = panels.map((panel) => {
      const best = panel.probabilities.indexOf(Math.max(...panel.probabilities));
      return `${panel.title} ${panel.labels[best]} ${panel.probabilities[best].toFixed(2)}`;
    });
    root.setAttribute(
      "aria-label",
      fill(strings.summary_compare, {
        different: inner.filter((same) => !same).length,
        count: inner.length,
        answers: answers.join("; "),
      }),
    );
    drawChoices();
  }
  function readSquares() {
    const [one, two] = get("squares").map(decode),
      labels = get("rows").names;
    const difference = two.values.map((value, k) => value - one.values[k]);
    most = largest(difference) || 1;
    squares = [one, two, { values: difference, shape: one.shape }].map((square) => ({
      ...square,
      labels,
    }));
    paint();
    point(pointed);
  }

  /** Which layer and head of each model, and what that head does. */
  function drawChoices() {
    const source = get("source");
    for (const button of sources.children)
      button.setAttribute("aria-pressed", String(button.dataset.source === source));
    const names = panels.map((panel) => panel.title);
    drawings[2].title.textContent = fill(strings.difference, { one: names[0], two: names[1] });
    panels.forEach((panel, index) => {
      const [layer, head] = [get("layers")[index], get("heads")[index]],
        part = drawings[index];
      part.title.textContent = panel.title;
      const pick = (trait, label, size, value) =>
        h(
          "label",
          {},
          `${label} `,
          h(
            "select",
            {
              "data-key": `${trait}-${index}`,
              "aria-label": `${panel.title} ${label}`,
              onchange: (event) =>
                send({
                  [trait]: get(trait).map((old, k) =>
                    k === index ? Number(event.target.value) : old,
                  ),
                }),
            },
            Array.from({ length: size }, (_, k) =>
              h("option", { value: k, text: k, selected: k === value }),
            ),
          ),
        );
      const active = part.choice.contains(root.getRootNode().activeElement)
        ? root.getRootNode().activeElement.dataset.key
        : null;
      part.choice.replaceChildren(
        ...(["head", "heads"].includes(source)
          ? [pick("layers", strings.layer, panel.layers, layer)]
          : []),
        ...(source === "head" ? [pick("heads", strings.head, panel.heads, head)] : []),
      );
      if (active) part.choice.querySelector(`[data-key="${active}"]`)?.focus();
      part.kind.textContent =
        source === "head" ? kindOf(panel.wall, panel, strings, layer, head) : "";
    });
  }

  function paint() {
    if (!squares.length) return;
    const style = getComputedStyle(root),
      text = style.getPropertyValue("--pw-text");
    drawings.forEach(({ square, stage, legend }, index) => {
      square.paint({
        square: squares[index],
        locked: get("word"),
        lockedColumn: -1,
        width: stage.clientWidth,
        scale: scale(),
        text,
        accent: style.getPropertyValue("--pw-good"),
        color: index < 2 ? weightColor : (ramp, value) => signedColor(ramp, value, most),
      });
      square.node.setAttribute(
        "aria-label",
        index < 2
          ? `${panels[index].title}. ${drawings[index].kind.textContent}`
          : drawings[2].title.textContent,
      );
      legend.replaceChildren(index < 2 ? scaleBar(scale()) : signedBar(scale(), most));
    });
    chart.replaceChildren(depthChart(panels, strings, chart.clientWidth || 600));
    drawRow();
    root.dataset.painted = Number(root.dataset.painted ?? 0) + 1;
  }

  /** A cell pointed at in one square is shown in all of them, with its three numbers. */
  function point(index) {
    pointed = index;
    const { cell } = drawings[index].square;
    drawings.forEach(({ square }, other) => {
      if (other !== index) square.show(cell);
    });
    const { names } = get("rows");
    note.textContent = cell
      ? `${fill(strings.compare_cell, { query: names[cell[0]], key: names[cell[1]] })}: ${values(cell).join(", ")}`
      : strings.pick;
    drawRow(cell);
  }
  const values = ([row, column]) =>
    squares.map((square, k) => {
      const value = square.values[row * count() + column];
      return k < 2 ? `${panels[k].title} ${value.toFixed(3)}` : signed(value, 3);
    });
  function lock(row) {
    send({ word: row === get("word") ? -1 : row });
  }

  /** The locked row as a table: each word, both weights and their difference. */
  function drawRow(cell) {
    const row = get("word") >= 0 ? get("word") : (cell?.[0] ?? -1),
      { names } = get("rows"),
      size = count();
    if (row < 0) return table.replaceChildren();
    const numbers = (k) => squares.map((square) => square.values[row * size + k]);
    const order = names
      .map((_, k) => k)
      .sort((a, b) => Math.abs(numbers(b)[2]) - Math.abs(numbers(a)[2]));
    table.replaceChildren(
      h(
        "div",
        {
          class: "pw-tablebox",
          tabindex: 0,
          role: "region",
          "aria-label": fill(strings.looks_at, { query: names[row] }),
        },
        h(
          "table",
          {},
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              [
                fill(strings.looks_at, { query: names[row] }),
                panels[0].title,
                panels[1].title,
                "−",
              ].map((name) => h("th", { scope: "col", text: name })),
            ),
          ),
          h(
            "tbody",
            {},
            order.slice(0, 40).map((k) =>
              h(
                "tr",
                {},
                h("th", { scope: "row", dir: "auto", text: names[k] }),
                numbers(k).map((value, i) =>
                  h("td", { class: "pw-mono", text: i < 2 ? value.toFixed(3) : signed(value, 3) }),
                ),
              ),
            ),
          ),
        ),
      ),
    );
  }

  model.on("change:panels", read);
  model.on("change:squares", readSquares);
  for (const name of ["layers", "heads", "source"]) model.on(`change:${name}`, drawChoices);
  model.on("change:word", once(paint));
  const resized = new ResizeObserver(once(() => paint()));
  resized.observe(el);
  signal?.addEventListener("abort", () => {
    resized.disconnect();
  });
  followTheme(root, () => paint(), signal);
  read();
  readSquares();
}

export default { render };
