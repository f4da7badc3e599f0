// What if it were off: heads, a layer or words left out, and what each of them is worth.

import { fill, h } from "../shared/dom.js";
import { effectWall, largest, meter, signedBar } from "./effect_wall.js";
import { sentence } from "./sentence.js";
import { answerBars } from "./changes.js";
import { quantity } from "../shared/quantities.js";
import { ordered } from "./wall.js";
import { fixed } from "../shared/rounding.js";
import { signed } from "../shared/writing.js";

/**
 * `send(traits)` to Python, `choose(layer, head)`; returns the node and `update(state)`.
 * The wall of effects is there once something was measured; before, one button and one line.
 */
export function whatIf(strings, { get, send, choose }) {
  const bars = h("div", { class: "pw-answer" });
  const switches = ["head", "layer"].map((what) =>
    h("button", { type: "button", "data-key": `switch-${what}`, onclick: () => toggle(what) }),
  );
  const words = sentence(strings, toggleWord);
  const measuring = meter(strings, (start) => send({ measuring: start }));
  const note = h("p", { class: "pw-hint" });
  const wall = h("div", { class: "pw-effects" });
  const node = h(
    "div",
    { class: "pw-what-if" },
    h("div", { class: "pw-switches" }, switches),
    words.node,
    bars,
    h("div", { class: "pw-measure" }, measuring.node, note),
    wall,
  );
  let changes = null, // the wall of effects, made when there are some
    shown = null;

  function toggle(what) {
    const { layer, head } = shown;
    const entry = what === "head" ? ["head", layer, head] : ["layer", layer];
    const off = get("off"),
      rest = off.filter((one) => String(one) !== String(entry));
    send({ off: rest.length < off.length ? rest : [...off, entry] });
  }
  function toggleWord(what, word) {
    const rest = get("off").filter(
      ([name, place]) => !(["word", "mask"].includes(name) && place === word),
    );
    const had = get("off").some(([name, place]) => name === what && place === word);
    send({ off: had ? rest : [...rest, [what, word]] });
  }

  function drawSwitches({ layer, head }) {
    const off = get("off").map(String);
    [`head,${layer},${head}`, `layer,${layer}`].forEach((entry, k) => {
      const pressed = off.includes(entry);
      const words_ = strings[`switch_${["head", "layer"][k]}${pressed ? "_on" : ""}`];
      switches[k].textContent = fill(words_, { layer, head });
      switches[k].setAttribute("aria-pressed", String(pressed));
    });
  }
  function drawEffects(state) {
    const { effects, panel, data } = state;
    measuring.update(get("measuring"), effects);
    note.textContent = effects
      ? fill(strings.effects_hint, {
          what: fill(quantity(get("_answer"), strings), { label: effects.label }),
          before: fixed(effects.before),
        })
      : strings.effects_none;
    if (!effects) {
      changes = null;
      return wall.replaceChildren();
    }
    changes ??= effectWall(strings, choose);
    const sequence = ordered("layer", data, panel, effects);
    const top = ordered("effect", data, panel, effects)[0];
    const where = `${Math.floor(top / panel.heads)}·${top % panel.heads}`;
    const effectSummary = `${strings.effects}. ${where}: ${signed(effects.values[top] || 0, 3)}`;
    changes.update({ ...state, order: "layer", sequence, effectSummary });
    const scale = signedBar(state.scale, largest(effects.values));
    if (wall.firstChild !== changes.node) wall.replaceChildren(changes.node, scale);
    else wall.lastChild.replaceWith(scale);
  }

  return {
    node,
    update(state) {
      shown = state;
      const answer = get("_answer"),
        off = get("off");
      drawSwitches(state);
      bars.replaceChildren(answerBars(answer));
      words.update({
        answer,
        words: state.effects?.words,
        scale: state.scale,
        gone: (word) =>
          off.find(([what, place]) => ["word", "mask"].includes(what) && place === word)?.[0],
      });
      drawEffects(state);
    },
  };
}
