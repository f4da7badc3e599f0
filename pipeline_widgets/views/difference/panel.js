// Everything that is drawn of one model's two sentences; the difference view has one, a pinned
// explorer one for each model on screen.

import { decode } from "../shared/array.js";
import { direction } from "../shared/columns.js";
import { fill, h } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";
import { gradient, palette, shareColor, spreadColor } from "./palette.js";
import { pathsPlot, pathsSaid } from "./paths.js";
import { rowsSquare } from "./rows_square.js";
import { answersTable, attentionTable, squaresTable } from "./tables.js";
import { texts, textsNote } from "./texts.js";

const SECTIONS = ["paths", "answers", "attention", "parts", "table"];
const LITTLE = 0.02, // a change of the answer below which shares say little
  WIDE = 12, // tokens from which on heads and halves take a row of their own
  NARROW = 34; // pixels a token needs for its number to be read

/** Words that stand already are not laid out again. */
function write(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

/**
 * `cell()` is the chosen [row, token], `choose(row, token)` chooses another; `part()` and
 * `choosePart(row, column)` do so for heads and halves, where -1 is the strongest. `opened()` names
 * the open sections, `toggle(name)` opens or closes one; `name` keeps two panels' controls apart.
 */
export function differencePanel(strings, { name, cell, choose, part, choosePart, opened, toggle }) {
  let difference = null,
    acts = null,
    parts = null,
    spread = null,
    hover = null,
    shared = null, // what all drawings need of the page
    width = 0;
  const key = (what) => `difference-${name}-${what}`;
  const title = h("strong", { class: "pw-model-name" });
  const answer = h("span", { class: "pw-turn" });
  const head = h("div", { class: "pw-difference-head" }, title, answer);
  const words = texts(strings);
  const note = h("p", { class: "pw-hint pw-texts-note" });
  const squares = [
    square("spread", { choose, point: (at) => point(at) }),
    square("acts", { choose, point: (at) => point(at) }),
  ];
  const progress = h("span", { class: "pw-progress pw-quiet" });
  squares[1].head.append(progress);
  const said = h("p", { class: "pw-cell-said", "aria-live": "polite" });
  const limits = h(
    "p",
    { class: "pw-hint pw-limits" },
    h("span", { text: strings.limits }),
    ` ${strings.limits_sources}`,
  );
  const both = h(
    "div",
    { class: "pw-both-squares" },
    squares.map((one) => one.block),
  );
  const sections = Object.fromEntries(SECTIONS.map((what) => [what, section(what)]));
  const partSquare = rowsSquare(strings, key("parts-square"), {
    choose: choosePart,
    point: () => {},
  });
  const partsSaid = h("p", { class: "pw-cell-said", "aria-live": "polite" });
  const node = h(
    "section",
    { class: "pw-difference-panel" },
    head,
    words.node,
    note,
    both,
    said,
    limits,
    h(
      "div",
      { class: "pw-sections" },
      SECTIONS.map((what) => sections[what].node),
    ),
  );

  function square(what, { choose: chosen, point: pointed }) {
    const drawn = rowsSquare(strings, key(what), {
      choose: chosen,
      point: pointed,
    });
    const head = h("div", { class: "pw-square-head" }, h("strong", { text: strings[what] }));
    const hint = h("p", { class: "pw-hint" });
    const stage = h("div", { class: "pw-square-stage" }, drawn.node);
    const legend = h("div", { class: "pw-legend", "aria-hidden": true });
    const block = h("figure", { class: `pw-square-of-${what}` }, head, hint, stage, legend);
    return { ...drawn, head, hint, stage, legend, block };
  }

  function section(what) {
    const button = h("button", {
      type: "button",
      class: "pw-section-button",
      "data-key": key(`section-${what}`),
      onclick: () => toggle(what),
    });
    const body = h("div", { class: `pw-section-body pw-section-${what}` });
    return {
      button,
      body,
      node: h("div", { class: "pw-section" }, h("h4", {}, button), body),
    };
  }

  const rows = () => difference.layers + 1;
  const where = (row) => (row ? fill(strings.after_layer, { layer: row - 1 }) : strings.before);
  const rowNames = () =>
    Array.from({ length: rows() }, (_, row) =>
      row ? `${strings.layer} ${row - 1}` : strings.before_short,
    );
  const chosen = () => {
    const [row, token] = cell();
    return [
      Math.max(0, Math.min(rows() - 1, row)),
      Math.max(0, Math.min(difference.partners.length - 1, token)),
    ];
  };
  const label = () => difference.labels[difference.label];
  const index = ([row, token]) => row * difference.partners.length + token;

  /** Another pair of sentences. */
  function show(next) {
    difference = next;
    spread = decode(next.spread).values;
    acts = null;
    parts = null;
    hover = null;
    title.textContent = next.title;
    node.classList.toggle("pw-of-second", next.architecture === "distilbert");
    answer.replaceChildren(...turn());
    words.show(next);
    write(note, textsNote(next, strings));
    write(squares[0].hint, strings.spread_note);
    write(squares[1].hint, actsNote());
    squares[1].block.hidden = !next.patched;
    limits.hidden = !next.patched;
    sections.parts.node.classList.toggle("pw-wide", next.partners.length > WIDE);
  }

  function turn() {
    const side = (what) => {
      const { probabilities } = difference[what];
      const best = probabilities.indexOf(Math.max(...probabilities));
      return h("span", {
        class: `pw-answer-chip pw-of-${what}`,
        text: `${difference.labels[best]} ${fixed(probabilities[best])}`,
      });
    };
    return [side("pinned"), " → ", side("new")];
  }

  function actsNote() {
    const change = Math.abs(difference.goal - difference.answer);
    if (change < 1e-4) return strings.acts_none;
    const little =
      change < LITTLE ? ` ${fill(strings.acts_little, { change: fixed(change, 3) })}` : "";
    return fill(strings.acts_note, { label: label() }) + little;
  }

  /** How far patching has come. */
  function showActs(message) {
    if (!message?.share) return;
    acts = {
      ...message,
      share: decode(message.share).values,
      value: decode(message.value).values,
    };
    const { done, total } = message;
    write(progress, done < total ? fill(strings.progress, { done, total }) : "");
    node.dataset.done = done === total ? "all" : done;
  }

  function showParts(message) {
    parts = message?.share ? { ...message, share: decode(message.share).values } : null;
  }

  function missing(row, token) {
    if (difference.partners[token] < 0) return "none";
    return acts && Number.isFinite(acts.value[index([row, token])]) ? "" : "waiting";
  }

  /** What the cell says: what came back there, and how far apart the states are. */
  function sentence(at) {
    const [row, token] = at,
      partner = difference.partners[token];
    const names = { token: difference.new.shown[token], where: where(row) };
    if (partner < 0) return fill(strings.cell_no_partner, names);
    const apart = fill(strings.cell_spread, {
      ...names,
      spread: fixed(spread[index(at)]),
    });
    if (!difference.patched) return apart;
    const back = `“${difference.pinned.shown[partner]}”`;
    if (missing(row, token))
      return `${fill(strings.cell_waiting, { partner: back, where: where(row) })} ${apart}`;
    const share = acts.share[index(at)];
    if (!Number.isFinite(share)) return `${strings.acts_none} ${apart}`;
    const answers = fill(strings.cell_answers, {
      label: label(),
      before: fixed(difference.answer),
      after: fixed(acts.value[index(at)]),
      goal: fixed(difference.goal),
    });
    const returned = fill(strings.cell_put_back, {
      partner: back,
      where: where(row),
      share: fixed(share),
    });
    return `${returned} (${answers}). ${acts.course} ${apart}`.replace("  ", " ");
  }

  function point(at) {
    if (String(at) === String(hover)) return;
    hover = at;
    say();
  }

  function say() {
    write(said, sentence(hover ?? chosen()));
    said.setAttribute("aria-live", hover ? "off" : "polite");
  }

  function drawing() {
    const style = getComputedStyle(node);
    return {
      ink: style.getPropertyValue("--pw-text"),
      quiet: style.getPropertyValue("--pw-quiet"),
      paper: style.getPropertyValue("--pw-surface"),
      accent: style.getPropertyValue("--pw-text"),
      colors: palette(Boolean(node.closest('[data-dark="true"]'))),
      rtl: direction(difference.new.text) === "rtl",
    };
  }

  /** Reads the page, before anything is drawn: what is read in between costs a layout each. */
  function look() {
    if (!difference || !node.isConnected) return;
    width = both.clientWidth || width;
    shared = drawing();
  }

  function paint() {
    if (!difference || !node.isConnected) return;
    const count = difference.partners.length,
      { colors } = shared;
    const two = difference.patched && 2 * (96 + NARROW * count) + 24 <= width;
    both.classList.toggle("pw-two", two);
    const common = {
      ...shared,
      rows: rowNames(),
      columns: difference.new.shown,
      chosen: chosen(),
      width: (two ? (width - 24) / 2 : width) - 2,
    };
    squares[0].paint({
      ...common,
      values: spread,
      missing: (_, token) => (difference.partners[token] < 0 ? "none" : ""),
      color: (value) => spreadColor(colors, value),
    });
    legendOf(squares[0].legend, colors.spread, strings.scale_same, strings.scale_opposite);
    describe(squares[0].node, strings.spread, strings.spread_note);
    if (difference.patched) {
      squares[1].paint({
        ...common,
        values: acts?.share ?? [],
        missing: (row, token) =>
          missing(row, token) ||
          (Number.isFinite(acts.share[index([row, token])]) ? "" : "waiting"),
        color: (value) => shareColor(colors, value),
      });
      legendOf(squares[1].legend, colors.share, strings.scale_none, strings.scale_all);
      describe(squares[1].node, strings.acts, actsNote());
    }
    say();
    paintSections();
  }

  function legendOf(legend, colors, low, high) {
    const unpaired = difference.partners.includes(-1);
    const shown = `${gradient(colors)} ${unpaired}`;
    if (legend.dataset.shown === shown) return;
    legend.dataset.shown = shown;
    legend.replaceChildren(
      h("span", { text: low }),
      h("span", { class: "pw-gradient", style: gradient(colors) }),
      h("span", { text: high }),
      ...(unpaired
        ? [h("span", { class: "pw-hatch" }), h("span", { text: strings.no_partner })]
        : []),
    );
  }

  function describe(canvas, what, hint) {
    canvas.setAttribute("aria-label", `${difference.title}. ${what}. ${hint}`);
  }

  function paintSections() {
    for (const what of SECTIONS) {
      const { button, body, node: block } = sections[what];
      const open = opened().includes(what);
      block.hidden = ["paths", "parts"].includes(what) && !difference.patched;
      button.setAttribute("aria-expanded", String(open));
      write(button, fill(strings[what], { layer: layer() }));
      body.hidden = !open;
      if (open && !block.hidden) drawn[what](body);
      else body.replaceChildren(); // what is opened again is as if it never had been open
    }
  }

  const layer = () => Math.max(0, chosen()[0] - 1);
  const first = () => difference.new.shown[0] ?? "";

  const drawn = {
    paths(body) {
      const { paths, labels } = difference;
      const [row] = chosen();
      const [one, two] = paths.labels.map((label) => labels[label]);
      const hint = fill(strings.paths_note, {
        token: first(),
        one,
        two,
        share: fixed(paths.share),
      });
      const plot = pathsPlot({
        difference,
        row,
        rowName: where(row),
        strings,
        width: Math.min(620, Math.max(260, body.clientWidth || width)),
      });
      keepFocus(body, h("p", { class: "pw-hint", text: hint }), plot, stepper(row));
    },
    answers(body) {
      const hint = h("p", {
        class: "pw-hint",
        text: fill(strings.answers_note, { label: label() }),
      });
      body.replaceChildren(hint, answersTable(difference, rowNames(), chosen()[0], strings));
    },
    attention(body) {
      const table = attentionTable(difference, strings, (at, token) => choose(at + 1, token));
      keepFocus(body, h("p", { class: "pw-hint", text: strings.attention_note }), table);
    },
    table(body) {
      const numbers = { difference, rowNames: rowNames(), spread, share: acts?.share, strings };
      const hint = h("p", { class: "pw-hint", text: strings.table_note });
      body.replaceChildren(hint, squaresTable(numbers));
    },
    parts(body) {
      const hint = h("p", { class: "pw-hint", text: strings.parts_note });
      if (parts?.layer !== layer())
        return body.replaceChildren(
          hint,
          h("p", { class: "pw-quiet", text: strings.parts_waiting }),
        );
      const stage = h("div", { class: "pw-square-stage" }, partSquare.node);
      if (!body.contains(partSquare.node)) body.replaceChildren(hint, stage, partsSaid);
      paintParts();
      partsSaid.textContent = partSentence();
    },
  };

  /** The row one up, one down, and the two numbers there. */
  function stepper(row) {
    const button = (what, by, sign) =>
      h("button", {
        type: "button",
        "data-key": key(what),
        "aria-label": strings[what],
        disabled: row + by < 0 || row + by >= rows(),
        text: sign,
        onclick: () => choose(chosen()[0] + by, chosen()[1]),
      });
    const numbers = pathsSaid(difference, row, where(row), strings);
    return h(
      "div",
      { class: "pw-stepper" },
      button("step_back", -1, "‹"),
      h("span", { "aria-live": "polite", text: numbers }),
      button("step_on", 1, "›"),
    );
  }

  /** New children in `body`; the control in use stays in use. */
  function keepFocus(body, ...children) {
    const active = body.getRootNode().activeElement;
    const used = body.contains(active) ? active.dataset.key : null;
    body.replaceChildren(...children);
    const again = used && body.querySelector(`[data-key="${used}"]`);
    if (again?.disabled) body.querySelector("button:not([disabled])")?.focus();
    else again?.focus({ preventScroll: true });
  }

  const partNames = () => [
    strings.half_attention,
    strings.half_feed_forward,
    ...Array.from({ length: difference.heads }, (_, head) => `${strings.head} ${head}`),
  ];
  /** Where most comes back: the cell that is told at first. */
  function strongest() {
    const sizes = parts.share.map((value) => (Number.isFinite(value) ? value : -1));
    const at = sizes.indexOf(Math.max(...sizes)),
      count = partColumns().length;
    return [Math.floor(at / count), at % count];
  }

  const partCell = () => (part()[0] < 0 ? strongest() : part());
  const partColumns = () => [...difference.new.shown, strings.everywhere];

  function paintParts() {
    const columns = partColumns();
    partSquare.paint({
      ...shared,
      rows: partNames(),
      columns,
      values: parts.share,
      missing: (row, column) =>
        column < difference.partners.length && difference.partners[column] < 0
          ? "none"
          : Number.isFinite(parts.share[row * columns.length + column])
            ? ""
            : "waiting",
      chosen: partCell(),
      width: (sections.parts.body.querySelector(".pw-square-stage").clientWidth || width) - 6,
      color: (value) => shareColor(shared.colors, value),
    });
    describe(partSquare.node, fill(strings.parts, { layer: parts.layer }), strings.parts_note);
  }

  function partSentence() {
    const columns = partColumns();
    const [row, column] = partCell().map((at, k) =>
      Math.min(at, [partNames(), columns][k].length - 1),
    );
    const value = parts.share[row * columns.length + column];
    if (column < difference.partners.length && difference.partners[column] < 0)
      return fill(strings.cell_no_partner, { token: columns[column] });
    const everywhere = column === difference.partners.length;
    return fill(strings[everywhere ? "cell_part_everywhere" : "cell_part"], {
      part: partNames()[row],
      layer: parts.layer,
      token: columns[column],
      share: Number.isFinite(value) ? fixed(value) : "–",
    });
  }

  return { node, head, show, showActs, showParts, look, paint };
}
