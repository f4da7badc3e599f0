// What is drawn of the attention, and how: rows of choices, each a pressed button.

import { fill, h } from "../shared/dom.js";

const GROUPS = [
  ["source", "source", ["head", "heads", "layers", "rollout"], (name) => `source_${name}`],
  ["words", "unit", [false, true], (words) => (words ? "words" : "pieces")],
  ["specials", "specials", ["shown", "hidden", "renormalised"], (name) => `specials_${name}`],
  ["drawing", "drawing", ["heatmap", "arcs"], (name) => name],
];

export function toolbar(strings, get, send) {
  const buttons = [];
  const groups = GROUPS.map(([trait, label, choices, key]) =>
    h(
      "div",
      { class: "pw-segments", role: "group", "aria-label": strings[label] },
      choices.map((value) => {
        const button = h("button", {
          type: "button",
          "data-key": `${trait}-${value}`,
          text: strings[key(value)],
          onclick: () => send({ [trait]: value }),
        });
        buttons.push([button, trait, value]);
        return button;
      }),
    ),
  );
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
    groups,
    h("label", { class: "pw-mass" }, said, mass),
  );
  return {
    node,
    update() {
      for (const [button, trait, value] of buttons)
        button.setAttribute("aria-pressed", String(get(trait) === value));
      mass.value = Math.round(100 * get("mass"));
      said.textContent = fill(strings.mass, { percent: `${mass.value} %` });
    },
  };
}
