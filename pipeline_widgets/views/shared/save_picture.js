// Save picture: a button that opens three.

import { h } from "./dom.js";
import { fetched } from "./fetched.js";

/** The button; nothing in a page without Python. */
export function savePicture(model, strings, signal) {
  if (model.get("offline")) return null;
  let choices = null;
  const toggle = h("button", {
    ...{ type: "button", class: "pw-save-toggle", "data-key": "save", "aria-expanded": "false" },
    text: strings.save,
    onclick: async () => {
      if (!choices) {
        const { saving } = await fetched(model, "save");
        choices ??= saving(model, strings, signal); // pressed twice before it came
        node.prepend(choices);
      }
      open(choices.hidden);
    },
  });
  const open = (on) => {
    choices.hidden = !on;
    toggle.setAttribute("aria-expanded", String(on));
  };
  const node = h("span", {
    class: "pw-save",
    onkeydown: (event) => {
      if (event.key !== "Escape" || !choices || choices.hidden) return;
      event.stopPropagation();
      open(false);
      toggle.focus();
    },
  });
  node.append(toggle);
  return node;
}
