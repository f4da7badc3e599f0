// A part of a view that unfolds: nothing of it is there before it is asked for.

import { h } from "./dom.js";

/**
 * A heading that is a button; while it is open, below it stands what `make()` returns, a `node` and
 * its `update(state)`. `toggle(open)` asks for a change; the view answers with `update(open, state)`.
 * What was closed is made anew: it is as if it never had been open.
 */
export function fold(name, title, make, toggle) {
  let body = null;
  const button = h(
    "button",
    {
      type: "button",
      class: "pw-fold-button",
      "data-key": `fold-${name}`,
      "aria-expanded": "false",
      onclick: () => toggle(!body),
    },
    h("span", { class: "pw-fold-sign", "aria-hidden": true }),
    title,
  );
  const node = h(
    "section",
    { class: "pw-fold", "data-fold": name, "aria-label": title },
    h("h4", { class: "pw-fold-title" }, button),
  );
  return {
    node,
    update(open, state) {
      button.setAttribute("aria-expanded", String(open));
      if (open && !body) {
        body = make();
        node.append(body.node);
      } else if (!open && body) {
        body.node.remove();
        body = null;
      }
      body?.update(state);
    },
  };
}
