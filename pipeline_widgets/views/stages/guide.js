// Guide me: steps over the living explorer, with the learner's own sentence; two ask for a guess.

import { fill, h } from "../shared/dom.js";
import { afterLayer } from "./answers.js";
import { headOf, winner } from "./panels.js";
import { answer } from "./purpose.js";

/** What each step stands at, in the order of the way. */
const STEPS = [
  "text",
  "tokens",
  "embedding",
  "layers-guess",
  "layers-heads",
  "layers-guess-depth",
  "pooled",
  "prediction",
];

const stageOf = (step) => step.split("-")[0];

/** The token that the chosen one looks at most, and two others to choose from. */
function guessOfLook(state) {
  const [panel] = state.panels,
    token = state.token(0),
    count = panel.pieces.length;
  const row = Array.from(panel.attention.values.subarray(token * count, (token + 1) * count));
  const order = [...row.keys()].sort((a, b) => row[b] - row[a] || a - b);
  const options = [order[0], ...[0, count - 1, token, token + 1].filter((k) => k < count)];
  const three = [...new Set(options)].slice(0, 3).sort((a, b) => a - b);
  return {
    words: fill(state.strings.guess_look, { token: panel.shown[token] }),
    options: three.map((k) => panel.shown[k]),
    right: three.indexOf(order[0]),
  };
}

/** After which layer the answer is what it is at the end, and stays so. */
function guessOfDepth(state) {
  const [panel] = state.panels,
    best = winner(panel);
  const says = panel.after.map((row) => row.indexOf(Math.max(...row)) === best);
  const settled = Math.max(0, says.lastIndexOf(false)); // before layer `settled`
  const choices = [0, Math.floor(panel.layers / 2), panel.layers - 1];
  if (!choices.includes(settled)) choices[1] = settled;
  const three = [...new Set(choices)].sort((a, b) => a - b);
  return {
    words: fill(state.strings.guess_depth, { label: panel.labels[best] }),
    options: three.map((layer) => fill(state.strings.after_layer, { layer })),
    right: three.indexOf(settled),
  };
}

/** A question with three answers; what is right shows once one is chosen. */
function question({ words, options, right }, strings) {
  const said = h("p", { class: "pw-guess-said", "aria-live": "polite" });
  const buttons = options.map((text, k) =>
    h("button", {
      type: "button",
      "data-key": `guess-${k}`,
      text,
      onclick: () => {
        buttons.forEach((one, i) => {
          one.setAttribute("aria-pressed", String(i === k));
          one.classList.toggle("pw-guess-right", i === right);
        });
        const words = k === right ? strings.guess_right : strings.guess_other;
        said.textContent = fill(words, { option: options[right] });
      },
    }),
  );
  return h("div", { class: "pw-guess" }, h("p", { text: words }), buttons, said);
}

/**
 * `begin()` begins the guide, `stage()` is the one that is lit, and `node()` is what stands under
 * it, with the style sheet it needs. `rebuild(key)` draws anew and puts the focus there.
 */
export function guide(state, style, rebuild) {
  const { strings } = state;
  let at = -1;
  const go = (next) => {
    at = next >= STEPS.length ? -1 : next;
    const stage = at < 0 ? "" : stageOf(STEPS[at]);
    if (stage === "layers" && !state.opened.includes("layers")) state.actions.toggle("layers");
    rebuild(at < 0 ? "guide" : "guide-title");
  };

  function words(step) {
    const [panel] = state.panels;
    const key = `guide_${step.replaceAll("-", "_")}`;
    return fill(strings[`${key}_${headOf(panel)}`] ?? strings[key], {
      model: panel.title,
      count: panel.pieces.length,
      first: panel.shown[0],
      width: panel.width,
      layers: panel.layers,
      heads: panel.heads,
      token: panel.shown[state.token(0)],
      before: afterLayer(panel, 0)?.shown ?? "",
      after: afterLayer(panel, panel.layers)?.shown ?? "",
      label: panel.labels[winner(panel)],
    });
  }

  function node() {
    const step = STEPS[at],
      ready = state.panels[0].attention;
    const ask = { "layers-guess": guessOfLook, "layers-guess-depth": guessOfDepth }[step];
    const said = step === "prediction" ? answer(state.panels[0], strings) : [];
    const button = (key, text, act, disabled) =>
      h("button", { type: "button", "data-key": `guide-${key}`, text, onclick: act, disabled });
    return h(
      "section",
      {
        class: "pw-guide",
        dir: "ltr",
        "aria-label": strings.guide,
        onkeydown: (event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          go(-1);
        },
      },
      style && h("style", { text: style }),
      h("h4", {
        ...{ class: "pw-guide-title", tabindex: -1, "data-key": "guide-title" },
        text: fill(strings.guide_step, { step: at + 1, count: STEPS.length }),
      }),
      h("p", {}, words(step), said.length ? [" ", state.panels[0].title, " ", ...said, "."] : []),
      ask && ready ? question(ask(state), strings) : null,
      h(
        "div",
        { class: "pw-guide-way" },
        button("back", strings.guide_back, () => go(at - 1), at === 0),
        button("next", at + 1 < STEPS.length ? strings.guide_next : strings.guide_done, () =>
          go(at + 1),
        ),
        at + 1 < STEPS.length ? button("end", strings.guide_end, () => go(-1)) : null,
      ),
    );
  }

  return {
    begin: () => go(0),
    stage: () => (at < 0 ? "" : stageOf(STEPS[at])),
    node,
  };
}
