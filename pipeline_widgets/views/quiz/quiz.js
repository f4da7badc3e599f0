// A quiz; a live one has the sentence above its questions.

import { h } from "../shared/dom.js";
import { walk } from "./quiz_pages.js";

function render(view) {
  const bar = sentence(view.model);
  walk(view, { bar: bar ? [bar] : [] });
}

function sentence(model) {
  const settings = model.get("_settings"),
    strings = model.get("strings");
  if (!settings.live) return null;
  const fresh = h("button", {
    type: "button",
    text: strings.fresh,
    onclick: () => model.send({ act: "fresh" }),
  });
  if (!settings.typed) return h("div", { class: "pw-sentence" }, h("span"), fresh);
  const box = h("input", {
    type: "text",
    dir: "auto",
    value: model.get("text"),
    "aria-label": strings.sentence,
    autocomplete: "off",
    spellcheck: "false",
    onchange: () => model.send({ act: "text", text: box.value }),
    onkeydown: (event) => {
      event.stopPropagation();
      if (event.key === "Enter") box.blur();
    },
  });
  model.on("change:text", () => {
    if (box.value !== model.get("text")) box.value = model.get("text");
  });
  return h("div", { class: "pw-sentence" }, box, fresh);
}

export default { render };
