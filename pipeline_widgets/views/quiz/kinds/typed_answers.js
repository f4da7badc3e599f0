// Answers that are typed: numbers, words, shapes, printed lines; and the function in a cell.

import { h } from "../../shared/dom.js";

const quiet = { autocomplete: "off", autocapitalize: "off", spellcheck: "false" };

function field(box, label, after) {
  box.addEventListener("keydown", (event) => event.stopPropagation()); // the notebook has keys of its own
  return {
    node: h(
      "label",
      { class: "pw-field" },
      h("span", { class: "pw-field-name", text: label }),
      h(
        "span",
        { class: "pw-field-row" },
        box,
        after ? h("span", { class: "pw-quiet", text: after }) : null,
      ),
    ),
    read: () => (box.value.trim() ? box.value : null),
    set(response) {
      box.value = response === null || response === undefined ? "" : [response].flat().join(" × ");
    },
    lock(locked) {
      box.readOnly = locked;
      box.classList.toggle("pw-locked", locked);
    },
    mark(progress) {
      const told = ["right", "wrong", "partly", "unreadable"].includes(progress.status);
      box.dataset.verdict = told ? progress.status : "";
      box.setAttribute("aria-invalid", String(["wrong", "unreadable"].includes(progress.status)));
    },
  };
}

export function numeric(face, strings) {
  return field(
    h("input", { type: "text", inputmode: "decimal", size: 12, class: "pw-mono", ...quiet }),
    strings.answer_number,
    face.unit,
  );
}

export function text(face, strings) {
  return field(
    h("input", { type: "text", size: Math.min(60, face.width || 24), dir: "auto", ...quiet }),
    strings.answer_text,
  );
}

export function shape(face, strings) {
  return field(
    h("input", { type: "text", size: 20, class: "pw-mono", dir: "ltr", ...quiet }),
    strings.answer_shape,
  );
}

export function output(face, strings) {
  const box = h("textarea", { rows: 4, class: "pw-mono", dir: "ltr", ...quiet });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      box.form.requestSubmit();
    }
  });
  return field(box, strings.answer_output);
}

/** Nothing to fill in: the answer is a function in another cell. */
export function code(face, strings) {
  const [before, after] = strings.answer_code.split("{function}");
  const starter = face.starter ? h("pre", {}, h("code", { text: face.starter })) : null;
  return {
    node: h(
      "div",
      { class: "pw-stack" },
      h("p", {}, before, h("code", { text: face.function }), after),
      starter,
    ),
    read: () => face.function,
    set() {},
    lock() {},
    mark() {},
  };
}
