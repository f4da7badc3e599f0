// What unfolds under the squares: paths, answers, attention rows, heads and halves, the numbers.

import { fill, h } from "../shared/dom.js";
import { quantity } from "../shared/quantities.js";
import { fixed } from "../shared/rounding.js";
import { partsSquare } from "./parts.js";
import { pathsPlot, pathsSaid } from "./paths.js";
import { answersTable, attentionTable, squaresTable } from "./tables.js";
import { write } from "./write.js";

const SECTIONS = ["paths", "answers", "attention", "parts", "table"];
const PATCHED = ["paths", "parts"]; // those of a model that can be run from the middle
const WIDE = 12; // tokens from which on heads and halves take a row of their own

/**
 * `opened()` names the open sections, `toggle(name)` opens or closes one; `choose(row, token)` and
 * `part()`, `choosePart(row, column)` are the panel's own.
 */
export function sections(strings, key, { opened, toggle, choose, part, choosePart }) {
  const blocks = Object.fromEntries(SECTIONS.map((what) => [what, block(what)]));
  const parts = partsSquare(strings, key, { chosen: part, choose: choosePart });
  const node = h(
    "div",
    { class: "pw-sections" },
    SECTIONS.map((what) => blocks[what].node),
  );

  function block(what) {
    const button = h("button", {
      type: "button",
      class: "pw-section-button",
      title: strings[`${what}_meaning`],
      "data-key": key(`section-${what}`),
      onclick: () => toggle(what),
    });
    const body = h("div", { class: `pw-section-body pw-section-${what}` });
    return { button, body, node: h("div", { class: "pw-section" }, h("h4", {}, button), body) };
  }

  const hint = (text) => h("p", { class: "pw-hint", text });
  const layer = ({ chosen }) => Math.max(0, chosen[0] - 1);

  /** `now` is what the panel shows: {difference, spread, share, rows, chosen, where, …}. */
  function paint(now) {
    blocks.parts.node.classList.toggle("pw-wide", now.difference.partners.length > WIDE);
    for (const what of SECTIONS) {
      const { button, body, node: whole } = blocks[what];
      const open = opened().includes(what);
      whole.hidden = PATCHED.includes(what) && !now.difference.patched;
      button.setAttribute("aria-expanded", String(open));
      write(button, fill(strings[what], { layer: layer(now) }));
      body.hidden = !open;
      if (open && !whole.hidden) drawn[what](body, now);
      else body.replaceChildren(); // what is opened again is as if it never had been open
    }
  }

  const drawn = {
    paths(body, now) {
      const { paths, labels } = now.difference;
      const [row] = now.chosen;
      const [one, two] = paths.labels.map((label) => labels[label]);
      const token = now.difference.new.shown[0] ?? "";
      const words = fill(strings.paths_note, { token, one, two, share: fixed(paths.share) });
      const plot = pathsPlot({
        ...{ difference: now.difference, row, rowName: now.where(row), strings },
        width: Math.min(620, Math.max(260, body.clientWidth || now.width)),
      });
      keepFocus(body, hint(words), plot, stepper(row, now));
    },
    answers(body, { difference, rows, chosen }) {
      const label = difference.labels[difference.label],
        what = fill(quantity(difference, strings), { label });
      const table = answersTable(difference, rows, chosen[0], strings);
      body.replaceChildren(hint(fill(strings.answers_note, { what })), table);
    },
    attention(body, { difference }) {
      const table = attentionTable(difference, strings, (at, token) => choose(at + 1, token));
      keepFocus(body, hint(strings.attention_note), table);
    },
    table(body, { difference, rows, spread, share }) {
      const table = squaresTable({ difference, rowNames: rows, spread, share, strings });
      body.replaceChildren(hint(strings.table_note), table);
    },
    parts(body, now) {
      if (!parts.shows(layer(now))) {
        const waiting = h("p", { class: "pw-quiet", text: strings.parts_waiting });
        return body.replaceChildren(hint(strings.parts_note), waiting);
      }
      if (!body.contains(parts.stage))
        body.replaceChildren(hint(strings.parts_note), parts.stage, parts.said);
      parts.paint(now);
    },
  };

  /** The row one up, one down, and the two numbers there. */
  function stepper(row, { difference, rows, chosen, where }) {
    const button = (what, by, sign) =>
      h("button", {
        type: "button",
        "data-key": key(what),
        "aria-label": strings[what],
        disabled: row + by < 0 || row + by >= rows.length,
        text: sign,
        onclick: () => choose(chosen[0] + by, chosen[1]),
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

  return { node, paint, showParts: parts.show };
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
