// Two models on one text: how each cuts it, where each looks, what each would answer on the way.

import { announcer } from "../shared/announce.js";
import { decode } from "../shared/array.js";
import { hues, scales } from "../shared/color.js";
import { fill, h, once } from "../shared/dom.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { best } from "../shared/heads.js";
import { fixed, scores } from "../shared/rounding.js";
import { signed } from "../shared/writing.js";
import { savePicture } from "../shared/save_picture.js";
import { followTheme } from "../shared/theme.js";
import { depthChart } from "./depth_chart.js";
import { threeSquares } from "./squares.js";
import { cutsTable } from "./token_alignment.js";

const SOURCES = ["head", "heads", "layers", "rollout"];
const MOST = 40; // rows of the table

function render({ model, el, signal }) {
  const strings = model.get("strings"),
    get = (name) => model.get(name);
  const send = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  let panels = [],
    squares = [],
    cell = null,
    changed = -1, // the model of which something else was chosen
    painted = 0;

  const { node: live, say, end } = announcer();
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
        onclick: () => choose(2, { source: name }),
      }),
    ),
  );
  const three = threeSquares(strings, {
    pointed,
    lock: (row) => send({ word: row === get("word") ? -1 : row }),
    choose: (trait, index, value) =>
      choose(index, { [trait]: get(trait).map((old, k) => (k === index ? value : old)) }),
  });
  const note = h("p", { class: "pw-cell-note", text: strings.pick });
  const table = h("div", { class: "pw-row" });
  const chart = h("div", { class: "pw-depth" });
  const part = (name, ...nodes) =>
    h(
      "section",
      { class: "pw-part", "aria-label": strings[name] },
      h(
        "div",
        { class: "pw-head" },
        h("h4", { title: strings[`${name}_meaning`], text: strings[name] }),
        nodes.shift(),
      ),
      nodes,
    );
  const hint = (text) => h("p", { class: "pw-hint", text });
  const deep = part("after", null, hint(strings.after_note), chart);
  const title = h("h3");
  const save = savePicture(model, strings, signal);
  const root = h(
    "div",
    { class: "pw pw-attention pw-compare", role: "group" },
    h("div", { class: "pw-part pw-compare-head" }, title, save),
    part("cuts", cutsNote, cuts),
    part("squares", sources, hint(strings.squares_note), three.node, note, table),
    deep,
    live,
  );
  ownKeys(root);
  el.append(root);

  function choose(index, values) {
    changed = index;
    send(values);
  }

  function read() {
    panels = get("_panels").map(({ kinds, ...panel }) => ({
      ...panel,
      wall: {
        ...kinds,
        codes: decode(kinds.codes),
        values: decode(kinds.values),
        favourite: decode(kinds.favourite),
      },
    }));
    root.dataset.first = hues(panels)[0];
    const { names, alike, text, different, count } = get("_rows"),
      counts = { different, count };
    const [one, two] = panels.map((panel) => panel.title);
    title.textContent = fill(strings.compare_title, { one, two });
    cuts.replaceChildren(cutsTable(panels, names, alike, text, strings));
    cutsNote.textContent = fill(strings.cuts_note, counts);
    const answering = panels.filter(({ labels }) => labels); // not of weights that came as arrays
    const answers = answering.map(({ title: name, labels, probabilities, function: made }) => {
      const top = best(probabilities);
      return `${name} ${labels[top]} ${scores(probabilities, made)[top]}`;
    });
    const summary = { ...counts, answers: answers.join("; ") };
    const key = answers.length ? "summary_compare" : "cuts_note";
    root.setAttribute("aria-label", fill(strings[key], summary));
    for (const button of sources.children) {
      button.hidden = !get("_rows").sources.includes(button.dataset.source);
    }
    sources.hidden = get("_rows").sources.length < 2;
  }
  function readSquares() {
    const [one, two] = get("_squares").map(decode),
      { names: labels, keys } = get("_rows"),
      groups = labels.map((_, k) => [k]);
    const difference = two.values.map((value, k) => value - one.values[k]);
    squares = [one, two, { values: difference, shape: one.shape }].map((square) => ({
      ...square,
      labels,
      keys,
      groups,
    }));
  }

  const draw = once(() => {
    for (const button of sources.children) {
      button.setAttribute("aria-pressed", String(button.dataset.source === get("source")));
    }
    three.update({
      ...{ panels, squares, source: get("source"), word: get("word") },
      layers: get("layers"),
      heads: get("heads"),
      scales: hues(panels).map((hue) => scales(root.dataset.dark === "true", hue)),
    });
    drawChart();
    drawRow();
    drawNote();
    root.dataset.painted = String(++painted);
  });
  function drawChart() {
    deep.hidden = panels.some((panel) => !panel.after.length); // a model that is not at hand
    if (!deep.hidden) chart.replaceChildren(depthChart(panels, strings, chart.clientWidth || 600));
  }

  /** A cell pointed at in one square is shown in all of them, with its three numbers. */
  function pointed(next) {
    cell = next;
    drawNote();
    drawRow();
    if (cell && root.contains(root.getRootNode().activeElement)) say(note.textContent);
  }
  function drawNote() {
    const { names, keys } = get("_rows");
    if (cell && (cell[0] >= names.length || cell[1] >= keys.length)) cell = null;
    note.textContent = cell
      ? `${fill(strings.compare_cell, { query: names[cell[0]], key: keys[cell[1]] })}: ${values(cell).join(", ")}`
      : strings.pick;
  }
  const values = ([row, column]) =>
    squares.map((square, k) => {
      const value = square.values[row * square.shape[1] + column];
      return k < 2 ? `${panels[k].title} ${fixed(value, 3)}` : signed(value, 3);
    });

  /** The locked row as a table: each word, both weights and their difference. */
  function drawRow() {
    const row = get("word") >= 0 ? get("word") : (cell?.[0] ?? -1),
      { names, keys } = get("_rows"),
      size = keys.length;
    const focused = table.contains(root.getRootNode().activeElement);
    if (row < 0) return table.replaceChildren();
    const numbers = (k) => squares.map((square) => square.values[row * size + k]);
    const order = keys
      .map((_, k) => k)
      .sort((a, b) => Math.abs(numbers(b)[2]) - Math.abs(numbers(a)[2]));
    const said = fill(strings.looks_at, { query: names[row] });
    const head = [said, panels[0].title, panels[1].title, strings.difference_short];
    const line = (k) =>
      h(
        "tr",
        {},
        h("th", { scope: "row", dir: "auto", text: keys[k] }),
        numbers(k).map((value, i) =>
          h("td", { class: "pw-mono", text: i < 2 ? fixed(value, 3) : signed(value, 3) }),
        ),
      );
    const box = h(
      "div",
      { class: "pw-tablebox pw-scrolls", tabindex: 0, role: "region", "aria-label": said },
      h(
        "table",
        { "aria-label": said },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            head.map((name) => h("th", { scope: "col", text: name })),
          ),
        ),
        h("tbody", {}, order.slice(0, MOST).map(line)),
      ),
    );
    table.replaceChildren(box);
    if (focused) box.focus();
  }

  model.on("change:_panels", () => {
    read();
    draw();
  });
  model.on("change:_squares", () => {
    readSquares();
    draw();
    requestAnimationFrame(() => say(three.said(changed < 0 ? 2 : changed)));
  });
  for (const name of ["layers", "heads", "source", "word"]) model.on(`change:${name}`, draw);
  const resized = new ResizeObserver(
    once(() => {
      three.paint();
      drawChart();
    }),
  );
  resized.observe(el);
  signal?.addEventListener("abort", () => {
    resized.disconnect();
    end();
  });
  followTheme(root, draw, signal);
  read();
  readSquares();
  draw();
}

export default { render };
