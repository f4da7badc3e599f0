// What unfolds under a stage, panel by panel: in words, in numbers, as code.

import { h } from "../shared/dom.js";
import { code, details, tabBody } from "./details.js";
import { numbers } from "./numbers.js";
import { explanation, extra, PARTS } from "./stages.js";

/** The panels' texts, tables or code lines of `stage`; `local` remembers the tab. */
export function unfolded(stage, state, grid, { tabs, codes, text, turn, raw }) {
  const { panels, strings } = state,
    tab = tabs[stage] ?? "explain";
  const isOpen = (name) => state.opened.includes(name);
  const words = panels.map((panel) => explanation(stage, panel, state));
  const alike = (name) =>
    name === "explain" && !["tokens", "layers"].includes(stage) && new Set(words).size === 1;

  function block(panel, index, name) {
    const token = state.token(index);
    const blanks = {
      ...{ model: panel.model, text, layer: panel.layer, head: panel.head, token },
      shape: `(${panel.pieces.length}, ${panel.pieces.length})`,
    };
    const body = tabBody({
      ...{ tab: name, strings, explanation: words[index] },
      lines: code(codes[stage], blanks),
      extra: name === "explain" ? extra(stage, panel, index, state, grid) : null,
      table: name === "numbers" ? numbers(stage, panel, token, strings, text) : null,
    });
    return h(
      "div",
      { class: `pw-panelblock pw-panel-${index}` },
      panels.length > 1 && !alike(name)
        ? h("span", { class: "pw-panel-name", text: panel.title })
        : null,
      ...[body].flat().filter(Boolean),
    );
  }
  const content = (name) =>
    h(
      "div",
      { class: "pw-row" },
      (alike(name) ? panels.slice(0, 1) : panels).map((panel, index) => block(panel, index, name)),
    );
  const make = () =>
    details(
      stage,
      tab,
      state,
      (name) => [content(name), stage === "tokens" ? raw() : null],
      (_, name) => turn(stage, name),
    );
  const plain = tab !== "numbers" && stage !== "tokens" && !PARTS.some(isOpen);
  const facts = panels.map(({ model, layer, head, shown, attention }, index) => [
    ...[model, layer, head, shown[state.token(index)], state.token(index), words[index]],
    ...[tab === "code" && text, Boolean(attention)], // its numbers may still be on their way
  ]);
  return plain ? grid.keep(`unfolded ${stage}`, [tab, facts], make) : make();
}

/** Whether the tokens stand as they are read, or as the vocabulary spells them. */
export const rawSwitch = (strings, on, toggle) =>
  h("button", {
    ...{ type: "button", "data-key": "raw", class: "pw-raw", text: strings.raw },
    "aria-pressed": String(on),
    onclick: toggle,
  });
