// What opens under a stage: what happens, the numbers, the code.

import { h } from "../shared/dom.js";
import { roving } from "../shared/roving.js";

const TABS = ["explain", "numbers", "code"];

/** The lines of Python with the blanks filled in, as `_code.py` does. */
export function code(template, blanks) {
  return template.replace(/\{(\w+)\}/g, (_, name) => {
    const value = blanks[name];
    return typeof value === "string" && name !== "shape" ? JSON.stringify(value) : String(value);
  });
}

function codeTab(lines, strings) {
  const copy = h("button", {
    type: "button",
    class: "pw-copy",
    text: strings.copy,
    onclick: async () => {
      await navigator.clipboard?.writeText(lines).catch(() => {});
      copy.textContent = strings.copied;
    },
  });
  return h(
    "div",
    { class: "pw-codebox" },
    h("pre", { tabindex: 0 }, h("code", { text: lines })),
    copy,
  );
}

/** A tab list over a panel; `body(tab)` makes the panel's content. */
export function details(stage, tab, { strings, hides }, body, choose) {
  const names = TABS.filter((name) => !hides(name));
  const panel = h("div", { role: "tabpanel", class: "pw-panel-body", "aria-label": strings[tab] });
  panel.append(...[body(tab)].flat().filter(Boolean));
  const tabs = h(
    "div",
    { role: "tablist", class: "pw-tabs", "aria-label": strings[stage] },
    names.map((name) =>
      h("button", {
        type: "button",
        role: "tab",
        "aria-selected": String(name === tab),
        tabindex: name === tab ? 0 : -1,
        "data-key": `tab-${stage}-${name}`,
        text: strings[name],
        onclick: () => choose(stage, name),
      }),
    ),
  );
  roving(tabs, "[role=tab]", (index) => choose(stage, names[index]));
  return h("div", { class: "pw-details", dir: "ltr" }, tabs, panel);
}

/** Text, or code, or the table of a stage. */
export function tabBody({ tab, strings, explanation, lines, table, extra }) {
  if (tab === "code") return codeTab(lines, strings);
  if (tab === "numbers") return table;
  return [h("p", { class: "pw-explain", text: explanation }), extra].flat();
}
