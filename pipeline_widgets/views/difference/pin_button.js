// The button that pins a sentence, and pairs to begin with. What draws the comparison is fetched
// when a sentence is pinned first.

import { h } from "../shared/dom.js";
import { fetched } from "../shared/fetched.js";

/** `tools` is the view's row of controls, if it has one; `send(values)` tells Python. */
export function pinButton(model, strings, send, tools) {
  const get = (name) => model.get(name);
  const node = h("div");
  const style = h("style");
  const typed = (values) => send({ ...values, cells: [], _sequence: get("_sequence") + 1 });
  const button = h("button", {
    ...{ type: "button", "data-key": "pin" },
    onclick: () => typed({ pinned: get("pinned") ? "" : get("text") }),
  });
  const menu = h(
    "select",
    {
      ...{ class: "pw-pairs", "data-key": "pairs", "aria-label": strings.pin_pairs },
      onchange() {
        const chosen = get("_pairs")[menu.selectedIndex - 1];
        if (!chosen) return; // the menu's own name
        const { pinned, text } = chosen;
        menu.selectedIndex = 0;
        typed({ pinned, text });
      },
    },
    h("option", { text: `${strings.pin_pairs} …` }),
    get("_pairs").map(({ kind }) => h("option", { text: kind })),
  );
  const shown = (name) => !get("_hidden").includes(name);
  if (shown("pin")) tools?.append(button, ...(shown("examples") ? [menu] : []));
  let drawn = null,
    last = null;

  async function begin() {
    drawn = { show() {}, look() {}, paint() {} }; // once is enough
    const module = await fetched(model, "pin");
    drawn = module.pin(model, strings, send);
    style.textContent = module.style;
    show(last);
    drawn.look();
    drawn.paint();
  }
  function show(result) {
    last = result;
    const pinned = Boolean(result.differences?.length);
    button.setAttribute("aria-pressed", String(pinned));
    button.textContent = strings[pinned ? "pin_unpin" : "pin_pin"];
    button.title = strings[pinned ? "pin_unpin_hint" : "pin_pin_hint"];
    if (pinned && !drawn) begin();
    if (!pinned) node.replaceChildren();
    else if (drawn?.node && !drawn.node.isConnected) node.replaceChildren(style, drawn.node);
    drawn?.show(result);
  }
  return { node, show, look: () => drawn?.look(), paint: () => drawn?.paint() };
}
