// What an attention view asks: its wall, a square, the run without something, and effects
// (attention/view.py, attention/data.py, effects.py).

import { headKinds, KINDS, squareOf, thumbnails } from "./heads.js";
import { packed } from "./packing.js";
import { statesOf } from "./reader.js";
import { groupNames, masked, withoutSpans } from "./without.js";

/**
 * The traits that change with `ask`; `memory` is the view's own between two asks. `ask.text` is the
 * text that was traced.
 */
export function attentionTraits(memory, ask, [reader]) {
  const original = reader.read(ask.text),
    off = JSON.stringify(ask.off),
    traits = {};
  if (memory.off === undefined) Object.assign(memory, { off: "[]", run: original });
  if (off !== memory.off) {
    const before = memory.run.tokens.ids.length;
    memory.run = ask.off.length ? without(reader, original, ask.off) : original;
    memory.off = off;
    memory.vectors = "";
    if (memory.run.tokens.ids.length !== before) Object.assign(traits, { token: -1, key: -1 });
    Object.assign(traits, drawn(reader, memory.run, original, ask.wall_shown));
    traits._shown = square(reader, memory.run, ask);
  } else if (memory.square !== squareKey(ask)) traits._shown = square(reader, memory.run, ask);
  memory.square = squareKey(ask);
  const { layer, head, source } = ask,
    token = traits.token ?? ask.token,
    vectors = `${layer} ${head}`;
  if (token >= 0 && source === "head" && memory.vectors !== vectors) {
    memory.vectors = vectors;
    traits._vectors = vectorsOf(reader, memory.run, layer, head);
  }
  return traits;
}

const squareKey = ({ source, layer, head }) => `${source} ${layer} ${head}`;
const sizesOf = ({ config }, { trace }) => ({ L: config.layers, H: config.heads, T: trace.T });

/** Everything about a run but its square: tokens, wall, answer. */
function drawn(reader, run, original, withWall) {
  const { config } = reader,
    { tokens, trace, words } = run,
    sizes = sizesOf(reader, run),
    { L, H } = sizes;
  const kinds = headKinds(trace.attention, sizes, words.marks),
    small = withWall && thumbnails(trace.attention, sizes);
  const wall = {
    names: KINDS,
    codes: packed(kinds.codes, [L, H]),
    values: packed(kinds.values, [7, L, H]),
    favourite: packed(kinds.favourite, [L, H]),
    ...(small ? { thumbs: packed(small.values, small.shape, 0.00392157) } : {}),
  };
  const panels = {
    text: tokens.text,
    model: config.name,
    title: config.title,
    architecture: config.architecture,
    family: config.family,
    keys: {},
    sentences: [],
    causal: false,
    complete: true,
    sources: sources(sizes),
    shown: words.labels,
    grouped: groupNames(tokens, words),
    words: tokens.words,
    special: words.special.map(Number),
    layers: L,
    heads: H,
    width: config.width / H,
    left_out: tokens.left_out,
    changed: run !== original,
  };
  const rows = run === original ? [original] : [original, run];
  const answer = {
    labels: config.labels,
    function: config.function,
    threshold: config.threshold,
    probabilities: rows.map(({ trace: one }) => one.after[L]),
    words: original.words.names,
  };
  return { _wall: wall, _panels: panels, _answer: answer };
}

/** What may be drawn: means where there are several. */
const sources = ({ L, H }) => [
  "head",
  ...(H > 1 ? ["heads"] : []),
  ...(L > 1 ? ["layers", "rollout"] : []),
];

function square(reader, run, { source, layer, head }) {
  const sizes = sizesOf(reader, run),
    weights = squareOf(run.trace.attention, sizes, source, layer, head);
  return { source, layer, head, weights: packed(weights, [sizes.T, sizes.T]) };
}

function vectorsOf(reader, run, layer, head) {
  const states = statesOf(run, layer, reader),
    size = reader.config.width / reader.config.heads;
  const [query, key] = reader.model
    .queryKeyValue(layer, head, states)
    .map((values) => packed(values, [run.trace.T, size]));
  return { layer, head, query, key };
}

/** The original text read again without what is `off`: heads, layers, words, words masked. */
function without(reader, original, off) {
  const { tokens, words } = original,
    of = (name) => off.filter(([what]) => what === name);
  const heads = Array.from({ length: reader.config.layers }, () => []);
  for (const [, layer, head] of of("head")) heads[layer].push(head);
  for (const [, layer] of of("layer")) heads[layer] = [...Array(reader.config.heads).keys()];
  const dropped = of("word").map(([, word]) => words.places[word]);
  let changed = tokens;
  if (dropped.length)
    changed = reader.tokenizer.encode(withoutSpans(words.chars, dropped, reader.is));
  const tokensOf = of("mask").flatMap(([, word]) =>
    tokens.words.flatMap((one, i) => (one === word ? [i] : [])),
  );
  const places = tokensOf.map((token) => moved(reader, words, token, dropped));
  if (places.length) changed = masked(changed, places, reader.mask);
  return reader.run(changed, heads);
}

/** A token's span in the shortened text, and which of the pieces on that span it is. */
function moved({ is }, { chars, spans }, token, dropped) {
  const [start, stop] = spans[token],
    before = dropped.filter((span) => span[0] < start);
  const shift = chars.length - Array.from(withoutSpans(chars, before, is)).length;
  const alike = spans.flatMap((span, i) => (String(span) === String(spans[token]) ? [i] : []));
  return [start - shift, stop - shift, alike.indexOf(token)];
}

/** What is to be worked on, and what makes it another. */
export const measuringOf = (ask) => ask.measuring && { key: ask.text, steps: measured };

/** Measures all effects; yields how to say what is known after a step, null where nothing is. */
export function* measured(ask, [reader]) {
  const original = reader.read(ask.text),
    { layers, heads, labels } = reader.config,
    answer = original.trace.after[layers],
    winner = answer.indexOf(Math.max(...answer));
  const values = new Float32Array(layers * heads).fill(NaN);
  let words = [];
  const effects = (done) => ({
    _effects: {
      heads: packed(values.slice(), [layers, heads]),
      ...{ words, label: labels[winner], before: answer[winner] },
      ...{ done, total: values.length },
    },
  });
  let done = 0;
  for (let layer = layers - 1; layer >= 0; layer--)
    for (let head = 0; head < heads; head++) {
      const without = reader.model.answerFrom(layer, statesOf(original, layer, reader), [head]);
      values[layer * heads + head] = without[winner] - answer[winner];
      done++;
      yield () => effects(done);
    }
  const { chars, places } = original.words;
  for (const place of places) {
    const left = reader.answer(withoutSpans(chars, [place], reader.is));
    words = [...words, left[winner] - answer[winner]];
    yield null;
  }
  yield () => ({ ...effects(done), measuring: false });
}
