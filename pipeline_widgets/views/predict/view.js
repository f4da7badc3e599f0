// A question before its result: choose or type, or pass with Esc.

import { h } from "../shared/dom.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { followTheme } from "../shared/theme.js";
import { rich } from "../quiz/render_markup.js";

function render({ model, el, signal }) {
  const strings = model.get("strings");
  const options = model.get("_options");
  const box = h("input", {
    type: "text",
    class: "pw-guess-box",
    dir: "auto",
    "aria-label": strings.field,
    autocomplete: "off",
    oninput: () => (note.textContent = ""),
  });
  const radios = options.map(([words]) =>
    h("input", { type: "radio", name: "guess", value: words }),
  );
  const way = options.length
    ? options.map(([, tree], index) =>
        h("label", { class: "pw-guess-option" }, radios[index], h("span", {}, rich(tree))),
      )
    : [box];
  const note = h("p", { class: "pw-guess-note", role: "status" });
  const asked = h(
    "form",
    { onsubmit: submit },
    h("div", { class: "pw-guess-ways" }, way),
    h(
      "div",
      { class: "pw-guess-actions" },
      h("button", { type: "submit", class: "pw-guess-go", text: strings.guess }),
      h("button", {
        type: "button",
        class: "pw-guess-skip",
        text: strings.skip,
        onclick: () => model.send({ act: "skip" }),
      }),
    ),
  );
  const said = h("p", { class: "pw-guess-said", dir: "auto" });
  const again = h("button", {
    type: "button",
    class: "pw-guess-again",
    text: strings.again,
    onclick: () => model.send({ act: "again" }),
  });
  const done = h("div", { class: "pw-guess-done" }, said, again);
  const root = h(
    "div",
    { class: "pw pw-guess", role: "group", "aria-label": strings.title },
    h("h3", { class: "pw-guess-title", text: strings.title }),
    h("div", { class: "pw-guess-prompt", dir: "auto" }, rich(model.get("_prompt"))),
    asked,
    done,
    note,
  );
  ownKeys(root);
  root.addEventListener("keydown", (event) => {
    event.stopPropagation(); // letters typed here are no commands of the notebook's
    if (event.key === "Escape" && model.get("status") === "open") model.send({ act: "skip" });
  });
  el.append(root);

  function submit(event) {
    event.preventDefault();
    const guess = options.length
      ? (radios.find((radio) => radio.checked)?.value ?? "")
      : box.value.trim();
    if (guess) model.send({ act: "guess", guess });
    else note.textContent = strings.nothing;
  }

  function draw() {
    const status = model.get("status"),
      open = status === "open";
    const inside = root.contains(document.activeElement);
    asked.hidden = !open;
    done.hidden = open;
    said.replaceChildren(
      ...(status === "given"
        ? [h("strong", { text: `${strings.given}: ` }), model.get("guess")]
        : [strings.skipped]),
    );
    const trouble = model.get("_trouble"),
      next = model.get("_ran") ? "" : strings.run_next;
    const after = trouble ? strings.not_kept.replace("{trouble}", trouble) : next;
    note.textContent = open ? "" : after;
    if (inside) (open ? (radios[0] ?? box) : again).focus();
  }

  for (const trait of ["status", "guess", "_trouble", "_ran"]) model.on(`change:${trait}`, draw);
  followTheme(root, () => {}, signal);
  draw();
}

export default { render };
