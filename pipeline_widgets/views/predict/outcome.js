// What came out, beside what was guessed.

import { h } from "../shared/dom.js";
import { followTheme } from "../shared/theme.js";

function render({ model, el, signal }) {
  const strings = model.get("strings");
  const show = h("button", {
    type: "button",
    class: "pw-guess-skip",
    text: strings.show,
    onclick: () => model.send({ act: "skip" }),
  });
  const root = h("div", { class: "pw pw-guess pw-outcome", role: "group" });
  root.setAttribute("aria-label", strings.result);
  el.append(root);

  function part(name, body) {
    return h(
      "div",
      { class: "pw-outcome-part" },
      h("p", { class: "pw-guess-title", text: name }),
      body,
    );
  }

  function draw() {
    const status = model.get("status");
    root.dataset.status = status;
    if (status === "open") {
      root.replaceChildren(h("p", { class: "pw-guess-first", text: strings.first }), show);
      return;
    }
    const text = model.get("result");
    const result = text && part(strings.result, h("pre", { tabindex: 0, dir: "auto", text }));
    if (result) result.setAttribute("role", "status");
    const guess =
      status === "given"
        ? part(
            strings.given,
            h("p", { class: "pw-outcome-guess", dir: "auto", text: model.get("guess") }),
          )
        : null;
    root.replaceChildren(...[guess, result].filter(Boolean));
    root.hidden = !root.firstChild;
  }

  for (const trait of ["status", "guess", "result"]) model.on(`change:${trait}`, draw);
  followTheme(root, () => {}, signal);
  draw();
}

export default { render };
