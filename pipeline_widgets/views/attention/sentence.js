// The words of the text, each with the change of the answer without it, and a way to leave it out.

import { css, signedColor } from "../shared/color.js";
import { fill, h } from "../shared/dom.js";
import { largest } from "./effect_wall.js";
import { signed } from "../shared/writing.js";

const BAR = 22; // pixels of the longest bar

/** `toggle(kind, word)` is called with "word" or "mask"; returns the node and `update(state)`. */
export function sentence(strings, toggle) {
  let kind = "word",
    state = null;
  const words = h("div", {
    class: "pw-words",
    dir: "auto",
    role: "group",
    "aria-label": strings.sentence_effects,
  });
  const modes = h(
    "div",
    { class: "pw-segments", role: "group", "aria-label": strings.words_hint },
    [
      ["word", "drop"],
      ["mask", "mask"],
    ].map(([name, key]) =>
      h("button", {
        type: "button",
        "data-kind": name,
        "data-key": `mode-${name}`,
        text: strings[key],
        onclick: () => {
          kind = name;
          update(state);
        },
      }),
    ),
  );
  const node = h(
    "div",
    { class: "pw-sentence" },
    words,
    h(
      "div",
      { class: "pw-side" },
      modes,
      h("span", { class: "pw-hint", text: strings.words_hint }),
    ),
  );

  function update(next) {
    state = next;
    const values = state.words,
      most = largest(values ?? []) || 1;
    for (const button of modes.children)
      button.setAttribute("aria-pressed", String(button.dataset.kind === kind));
    const texts = state.answer.words;
    if (words.children.length !== texts.length) {
      words.replaceChildren(
        ...texts.map((_, k) =>
          h(
            "button",
            {
              type: "button",
              class: "pw-word",
              "data-key": `word-${k}`,
              onclick: () => toggle(kind, k),
            },
            h("span", { class: "pw-word-text" }),
            h("span", { class: "pw-word-bar" }, h("i")),
            h("span", { class: "pw-word-value pw-mono" }),
          ),
        ),
      );
    }
    texts.forEach((text, k) => {
      const button = words.children[k],
        [shown, track, number] = button.children;
      const gone = state.gone(k),
        value = values?.[k];
      shown.textContent = text;
      button.classList.toggle("pw-dropped", gone === "word");
      button.classList.toggle("pw-masked", gone === "mask");
      button.disabled = state.fixed;
      button.setAttribute("aria-pressed", String(Boolean(gone)));
      const known = value !== undefined;
      track.hidden = number.hidden = !known;
      if (known) {
        track.firstChild.style.cssText = `height:${(BAR * Math.abs(value)) / most}px;background:${css(signedColor(state.scale, value, most))}`;
        number.textContent = signed(value);
      }
      button.setAttribute(
        "aria-label",
        known ? `${text}, ${fill(strings.without_word, { word: text })} ${signed(value, 3)}` : text,
      );
    });
    words.classList.toggle("pw-measured", Boolean(values?.length));
  }
  return { node, update };
}
