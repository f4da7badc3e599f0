// Everything that is drawn of one model's two sentences; the difference view has one, a pinned
// explorer one for each model on screen.

import { decode } from "../shared/array.js";
import { direction } from "../shared/columns.js";
import { fill, h, renew } from "../shared/dom.js";
import { saidOf } from "../shared/heads.js";
import { fixed } from "../shared/rounding.js";
import { gradient, palette, shareColor, spreadColor } from "./palette.js";
import { rowsSquare } from "./rows_square.js";
import { sections } from "./sections.js";
import { texts, textsNote } from "./texts.js";
import { write } from "./write.js";

const LITTLE = 0.02, // a change of the answer below which shares say little
  NARROW = 34; // pixels a token needs for its number to be read

/**
 * `cell()` is the chosen [row, token], `choose(row, token)` chooses another; `part()` and
 * `choosePart(row, column)` do so for heads and halves, where -1 is the strongest. `opened()` names
 * the open sections, `toggle(name)` opens or closes one; `name` keeps two panels' controls apart.
 */
export function differencePanel(strings, { name, cell, choose, part, choosePart, opened, toggle }) {
  let difference = null,
    acts = null,
    spread = null,
    hover = null,
    shared = null, // what all drawings need of the page
    width = 0;
  const key = (what) => `difference-${name}-${what}`;
  const title = h("h3", { class: "pw-model-name" });
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
  const under = sections(strings, key, { opened, toggle, choose, part, choosePart });
  const node = h(
    "section",
    { class: "pw-difference-panel", "aria-label": strings.spread },
    head,
    words.node,
    note,
    both,
    said,
    limits,
    under.node,
  );

  function square(what, { choose: chosen, point: pointed }) {
    const drawn = rowsSquare(strings, key(what), {
      choose: chosen,
      point: pointed,
    });
    const head = h(
      "div",
      { class: "pw-square-head" },
      h("strong", { title: strings[`${what}_meaning`], text: strings[what] }),
    );
    const hint = h("p", { class: "pw-hint" });
    const stage = h("div", { class: "pw-square-stage" }, drawn.node);
    const legend = h("div", { class: "pw-legend", "aria-hidden": true });
    const block = h("figure", { class: `pw-square-of-${what}` }, head, hint, stage, legend);
    return { ...drawn, head, hint, stage, legend, block };
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
    under.showParts(null);
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
  }

  function turn() {
    const side = (what) => {
      const said = saidOf(difference, difference[what].probabilities, strings, (label) => label);
      return h("span", { class: `pw-answer-chip pw-of-${what}`, text: said.join("") });
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

  function missing(row, token) {
    if (difference.partners[token] < 0) return "none";
    return acts && Number.isFinite(acts.value[index([row, token])]) ? "" : "waiting";
  }

  /** How far apart the states of a cell are. */
  function apart(at) {
    const [row, token] = at;
    const names = { token: difference.new.shown[token], where: where(row) };
    if (difference.partners[token] < 0) return fill(strings.cell_no_partner, names);
    return fill(strings.cell_spread, { ...names, spread: fixed(spread[index(at)]) });
  }

  /** What the cell says: what came back there, and how far apart the states are. */
  function sentence(at) {
    const [row, token] = at,
      partner = difference.partners[token];
    const distance = apart(at);
    if (partner < 0 || !difference.patched) return distance;
    const back = `“${difference.pinned.shown[partner]}”`;
    if (missing(row, token))
      return `${fill(strings.cell_waiting, { partner: back, where: where(row) })} ${distance}`;
    const share = acts.share[index(at)];
    if (!Number.isFinite(share)) return `${strings.acts_none} ${distance}`;
    const answers = fill(strings.cell_answers, {
      label: label(),
      before: difference.said.answer,
      after: fixed(acts.value[index(at)]),
      goal: difference.said.goal,
    });
    const returned = fill(strings.cell_put_back, {
      partner: back,
      where: where(row),
      share: fixed(share),
    });
    return `${returned} (${answers}). ${acts.course} ${distance}`.replace("  ", " ");
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
    describe(squares[0].node, strings.spread, apart(chosen()));
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
      describe(squares[1].node, strings.acts, sentence(chosen()));
    }
    say();
    under.paint({
      ...{ difference, spread, share: acts?.share, shared, width, where },
      ...{ rows: rowNames(), chosen: chosen() },
    });
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
        ? [h("span", { class: "pw-hatched" }, h("span", { class: "pw-hatch" }), strings.no_partner)]
        : []),
    );
  }

  /** What a square is, and what its chosen cell says. */
  function describe(canvas, what, cell) {
    renew(canvas, { "aria-label": `${difference.title}. ${what}. ${cell}` });
  }

  const { showParts } = under;
  return { node, head, show, showActs, showParts, look, paint };
}
