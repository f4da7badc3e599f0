// A ladder: one head large, its layer's heads in a row; the rest unfolds when it is asked for.

import { followLinks } from "../shared/acting_links.js";
import { announcer } from "../shared/announce.js";
import { decode } from "../shared/array.js";
import { hue } from "../shared/color.js";
import { fill, h, once } from "../shared/dom.js";
import { fold } from "../shared/fold.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { best } from "../shared/heads.js";
import { fixed, scores } from "../shared/rounding.js";
import { savePicture } from "../shared/save_picture.js";
import { followTheme } from "../shared/theme.js";
import { changeSaid, effectsSaid } from "./captions.js";
import { answerLine } from "./changes.js";
import { headRow } from "./head_row.js";
import { headStage, scaleOf } from "./head_stage.js";
import { options } from "./toolbar.js";
import { kindOf, wallOf } from "./wall.js";
import { whatIf } from "./what_if.js";

const WATCHED = ["words", "specials", "mass", "drawing", "token", "key"];

function render({ model, el, signal }) {
  const strings = model.get("strings"),
    get = (name) => model.get(name);
  const send = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  let panel = null,
    data = null,
    weights = null,
    effects = null,
    vectors = null,
    justSaid = false, // what a change came to: then the new square is not said too
    wasChanged = false,
    painted = 0;

  const { node: live, say, end } = announcer();
  const answer = answerLine(strings, {
    undo: (entry) => send({ off: get("off").filter((one) => String(one) !== String(entry)) }),
    reset: () => send({ off: [] }),
    left: () => heads.focus(),
    save: savePicture(model, strings, signal),
  });
  const heads = headRow(strings, { choose, enter: () => stage.focus() });
  const stage = headStage(strings, { get, send, leave: () => heads.focus(), say });
  const open = (name) => get("opened").includes(name);
  const toggle = (name, on) => {
    const rest = get("opened").filter((one) => one !== name);
    send({ opened: on ? [...rest, name] : rest });
  };
  const makers = {
    what_if: () => whatIf(strings, { get, send, choose }),
    heads: () => wallOf(strings, { get, send, choose, enter: () => stage.focus() }),
    options: () => options(strings, get, send),
  };
  /** @type {any[][]} */
  const parts = Object.entries(makers).map(([name, make]) => [
    name,
    fold(name, strings[`fold_${name}`], make, (on) => toggle(name, on)),
  ]);
  const status = h("p", { class: "pw-note pw-error", role: "alert" });
  const root = h(
    "div",
    { class: "pw pw-attention", role: "group" },
    answer.node,
    status,
    heads.node,
    stage.node,
    parts.map(([, part]) => part.node),
    live,
  );
  ownKeys(root);
  followLinks(model, root, send, signal);
  el.append(root);

  const isOff = (layer, head) =>
    get("off").some(
      ([what, a, b]) =>
        (what === "layer" && a === layer) || (what === "head" && a === layer && b === head),
    );
  function effectOf(layer, head) {
    const value = effects?.values[layer * panel.heads + head];
    if (!Number.isFinite(value)) return "";
    const before = fixed(effects.before, 3),
      after = fixed(effects.before + value, 3);
    return fill(strings.effect_said, { label: effects.label, before, after });
  }
  function choose(layer, head) {
    const other = !["head", "heads"].includes(get("source"));
    send({ layer, head, ...(other ? { source: "head" } : {}) });
  }
  function state() {
    const layer = Math.min(get("layer"), panel.layers - 1),
      head = Math.min(get("head"), panel.heads - 1);
    return {
      ...{ panel, data, weights, effects, vectors, layer, head, isOff, effectOf },
      answered: Boolean(get("_answer").labels), // not of weights that came as arrays
      scale: scaleOf(root),
      source: get("source"),
      effect: get("source") === "head" ? effectOf(layer, head) : "",
    };
  }

  function readPanel() {
    panel = get("_panels");
    root.dataset.first = hue(panel.architecture);
    draw();
  }
  /** Every head of a run, which may have the tokens of the run before. */
  function readWall() {
    const sent = get("_wall");
    data = {
      ...sent,
      codes: decode(sent.codes),
      values: decode(sent.values),
      favourite: decode(sent.favourite),
      thumbs: sent.thumbs && decode(sent.thumbs),
    };
    draw();
  }
  function readShown() {
    weights = decode(get("_shown").weights);
    draw();
  }
  function readEffects() {
    const sent = get("_effects");
    effects = sent.heads ? { ...sent, values: decode(sent.heads).values } : null;
    draw();
  }
  function readVectors() {
    const sent = get("_vectors");
    vectors = sent.query ? { ...sent, query: decode(sent.query), key: decode(sent.key) } : null;
    draw();
  }

  const draw = once(() => {
    if (!panel) return;
    const now = state();
    answer.update({ answer: get("_answer"), off: get("off"), panel });
    heads.update(now);
    stage.update(now);
    for (const [part, shown] of parts) {
      const several = panel.layers * panel.heads > 1;
      const offered =
        {
          heads: several && Boolean(data.thumbs),
          what_if: now.answered && get("offline") !== true,
        }[part] ?? true;
      shown.node.hidden = !offered;
      shown.update(offered && open(part), now);
    }
    root.setAttribute("aria-label", summary(now));
    status.textContent = get("_status");
    root.dataset.effects = effects ? effects.done : 0;
    root.dataset.shown = `${get("source")} ${get("_shown").layer} ${get("_shown").head}`;
    root.dataset.painted = String(++painted);
  });
  function summary({ layer, head, answered }) {
    const about = {
      model: panel.family,
      count: panel.shown.length,
      layer,
      head,
      kind: kindOf(data, panel, strings, layer, head),
    };
    if (!answered) return fill(strings.summary_arrays, about);
    const { probabilities, labels, function: made } = get("_answer"),
      now = probabilities.at(-1),
      top = best(now);
    const answer = { label: labels[top], confidence: scores(now, made)[top] };
    return fill(strings.summary_attention, { ...about, ...answer });
  }

  model.on("change:_panels", readPanel);
  model.on("change:_wall", readWall);
  model.on("change:_shown", () => {
    readShown();
    requestAnimationFrame(() => {
      if (!justSaid) say(stage.said());
      justSaid = false;
    });
  });
  model.on("change:_effects", () => {
    readEffects();
    if (effects && effects.done === effects.total) {
      say(effectsSaid(effects, panel, get("_answer"), strings));
    }
  });
  model.on("change:_vectors", readVectors);
  model.on("change:_answer", () => {
    draw();
    const changed = get("_answer").probabilities?.length > 1;
    if (changed || wasChanged) {
      say(changeSaid(get("off"), get("_answer"), strings));
      justSaid = true;
    }
    wasChanged = changed;
  });
  const others = ["measuring", "order", "off", "_status", "layer", "head", "source", "opened"];
  for (const name of [...others, ...WATCHED]) model.on(`change:${name}`, draw);
  const resized = new ResizeObserver(once(() => stage.paint()));
  resized.observe(el);
  signal?.addEventListener("abort", () => {
    resized.disconnect();
    end();
  });
  followTheme(root, draw, signal);
  readPanel();
  readWall();
  readShown();
  readEffects();
  readVectors();
}

export default { render };
