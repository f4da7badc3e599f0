// What is drawn of the attention, and how: rows of choices, each a pressed button.

import { fill, h } from "../shared/dom.js";

const OPTIONS = [
  ["source", "source", ["head", "heads", "layers", "rollout"], (name) => `source_${name}`],
  ["words", "unit", [false, true], (words) => (words ? "words" : "pieces")],
  ["specials", "specials", ["shown", "hidden", "renormalised"], (name) => `specials_${name}`],
];

/**
 * One choice of a trait: pressed buttons under a name that can be seen if `titled`.
 * @param {any[]} option
 */
function segments([trait, label, choices, key], strings, get, send, titled) {
  const buttons = choices.map((value) =>
    h("button", {
      type: "button",
      "data-key": `${trait}-${value}`,
      text: strings[key(value)],
      onclick: () => send({ [trait]: value }),
    }),
  );
  const group = h(
    "div",
    { class: "pw-segments", role: "group", "aria-label": strings[label] },
    buttons,
  );
  const name = h("span", { class: "pw-option-name", "aria-hidden": true, text: strings[label] });
  return {
    node: titled ? h("div", { class: "pw-option" }, name, group) : group,
    /** What is offered of the choices; one alone is none. */
    update(offered = choices) {
      buttons.forEach((button, k) => {
        button.setAttribute("aria-pressed", String(get(trait) === choices[k]));
        button.hidden = !offered.includes(choices[k]);
      });
      this.node.hidden = offered.length < 2;
    },
  };
}

/** Curves or a heatmap, in the order and by the names of every view. */
export function drawingSwitch(strings, get, send) {
  const choice = ["drawing", "drawing", ["curves", "heatmap"], (name) => name];
  return segments(choice, strings, get, send, false);
}

/** What may be drawn besides: sources, words, special tokens, the share of each row. */
export function options(strings, get, send) {
  const parts = OPTIONS.map((option) => segments(option, strings, get, send, true));
  const said = h("span", { class: "pw-mass-said" });
  const mass = h("input", {
    type: "range",
    min: 10,
    max: 100,
    step: 5,
    "data-key": "mass",
    oninput: () => send({ mass: Number(mass.value) / 100 }),
  });
  const node = h(
    "div",
    { class: "pw-tools" },
    parts.map((part) => part.node),
    h("label", { class: "pw-option pw-mass" }, said, mass),
  );
  return {
    node,
    update({ panel }) {
      const sides = [panel, ...(panel.keys.shown ? [panel.keys] : [])];
      const some = (name) => sides.some((side) => side[name].some((one) => one > 0));
      const pieced = sides.some((side) => side.grouped.length < side.shown.length);
      const [source, unit, specials] = parts;
      source.update(panel.sources);
      unit.update(pieced || get("words") ? undefined : []);
      specials.update(some("special") ? undefined : []);
      mass.value = String(Math.round(100 * get("mass")));
      const percent = `${mass.value} %`;
      said.textContent = fill(strings.mass, { percent });
      mass.setAttribute("aria-valuetext", percent);
    },
  };
}
