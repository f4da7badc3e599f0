// What a view draws of one trace: the slices on screen, and no others (stages/panel.py).

import { clamp, hundredths, packed, strip } from "./packing.js";

const STRIP = 32, // numbers of a vector that a strip shows
  NARROW_STRIP = 8, // the same in the stack of layers
  THUMB = 30; // cells a side of a head's thumbnail

/** Maps (H, T, T) of at most THUMB cells a side: cells that would share one keep the largest. */
function pooled(weights, heads, count) {
  if (count <= THUMB) return { values: weights, side: count };
  const values = new Float32Array(heads * THUMB * THUMB),
    to = (i) => Math.floor((i * THUMB) / count);
  for (let row = 0; row < heads * count; row++) {
    const start = (Math.floor(row / count) * THUMB + to(row % count)) * THUMB;
    for (let k = 0; k < count; k++) {
      const at = start + to(k);
      values[at] = Math.max(values[at], weights[row * count + k]);
    }
  }
  return { values, side: THUMB };
}

/** Each of the (H, T, T) maps in 16 steps of its own largest weight. */
function patterns(weights, heads, square) {
  const made = new Float32Array(weights.length);
  for (let head = 0; head < heads; head++) {
    const part = weights.subarray(head * square, (head + 1) * square);
    const largest = part.reduce((most, value) => Math.max(most, value), 1e-6);
    part.forEach((value, i) => {
      made[head * square + i] = Math.round((value * 15) / largest) / 15;
    });
  }
  return made;
}

/** What is known of a text without the weights. */
function described(config, tokens) {
  return {
    model: config.name,
    title: config.title,
    architecture: config.architecture,
    family: config.family,
    kind: config.tokenizer,
    lowered: config.lowered,
    explained: true,
    position: config.firstPosition,
    types: false,
    function: config.function,
    threshold: config.threshold,
    pieces: tokens.pieces,
    ids: tokens.ids,
    spans: tokens.spans,
    words: tokens.words,
    left_out: tokens.left_out,
    labels: config.labels,
    width: config.width,
    layers: config.layers,
    heads: config.heads,
  };
}

/** A panel of tokens alone, for as long as the weights are on their way. */
export function tokensPanel(config, tokens, { opened }) {
  const steps = opened.includes("tokens") ? { steps: tokens.steps } : {};
  const none = { ms: {}, logits: [], probabilities: [], after: [], layer: 0, head: 0 };
  return { ...described(config, tokens), ...none, ...steps };
}

export function panelOf(config, tokens, trace, { layer, head, opened, _stages: stages }) {
  const { layers, heads, width } = config,
    { T } = trace,
    square = T * T;
  layer = clamp(layer, layers);
  head = clamp(head, heads);
  const vectors = (values, rows, exact) => {
    const { values: kept, size } = strip(values, rows, width, STRIP);
    return packed(exact ? kept : hundredths(kept), [rows, size]);
  };
  /** @type {Record<string, any>} */
  const data = {
    ...described(config, tokens),
    position: trace.positions[0],
    ms: trace.ms,
    logits: trace.logits,
    probabilities: trace.after[layers],
    after: trace.after,
    layer,
    head,
  };
  if (stages.includes("embedding") || stages.includes("layers")) {
    const { values, size } = strip(trace.hidden, (layers + 1) * T, width, NARROW_STRIP);
    data.hidden = packed(hundredths(values), [layers + 1, T, size]);
  }
  if (opened.includes("layers")) {
    const from = (layer * heads + head) * square,
      all = trace.attention.subarray(layer * heads * square, (layer + 1) * heads * square);
    data.attention = packed(trace.attention.slice(from, from + square), [T, T]);
    const { values, side } = pooled(all, heads, T);
    data.thumbs = packed(patterns(values, heads, side * side), [heads, side, side]);
  }
  if (opened.includes("tokens")) data.steps = tokens.steps;
  if (opened.includes("embedding")) {
    const parts = [trace.token, trace.position, trace.hidden.subarray(0, T * width)];
    data.embedding = parts.map((part) => vectors(part, T, true));
    data.position_ids = trace.positions;
  }
  if (stages.includes("pooled")) {
    const all = new Float32Array(3 * width);
    [trace.first, trace.dense, trace.activated].forEach((part, k) => all.set(part, k * width));
    data.activation = config.headActivation;
    data.pooled = vectors(all, 3, opened.includes("pooled"));
  }
  return data;
}
