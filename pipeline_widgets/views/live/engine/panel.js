// What a view draws of one trace: the slices on screen, and no others (stages/panel.py).

const STRIP = 32, // numbers of a vector that a strip shows
  NARROW_STRIP = 8, // the same in the stack of layers
  THUMB = 30; // cells a side of a head's thumbnail

const clamp = (index, length) => Math.max(0, Math.min(index, length - 1));

const packed = (values, shape) => ({
  data: new DataView(values.buffer, values.byteOffset, values.byteLength),
  dtype: "float32",
  shape,
  scale: 1,
});

/** `size` numbers of each vector, evenly spaced: (rows, width) becomes (rows, size). */
function strip(values, rows, width, size) {
  const step = Math.max(1, Math.floor(width / size)),
    kept = Math.min(size, Math.ceil(width / step));
  const made = new Float32Array(rows * kept);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < kept; k++) made[row * kept + k] = values[row * width + k * step];
  return { values: made, size: kept };
}

/** Rounded to two decimals, a half away from zero. */
const hundredths = (values) =>
  values.map((value) =>
    Math.fround(Math.sign(value) * Math.floor(Math.abs(value) * 100 + 0.5) * 0.01),
  );

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

export function panelOf(config, tokens, trace, { layer, head, opened, stages }) {
  const { layers, heads, width } = config,
    { T } = trace,
    square = T * T;
  layer = clamp(layer, layers);
  head = clamp(head, heads);
  const vectors = (values, rows, exact) => {
    const { values: kept, size } = strip(values, rows, width, STRIP);
    return packed(exact ? kept : hundredths(kept), [rows, size]);
  };
  const data = {
    model: config.name,
    title: config.title,
    architecture: config.architecture,
    family: config.family,
    kind: config.tokenizer,
    lowered: config.lowered,
    explained: true,
    position: trace.positions[0],
    types: false,
    function: config.function,
    threshold: config.threshold,
    pieces: tokens.pieces,
    ids: tokens.ids,
    spans: tokens.spans,
    words: tokens.words,
    left_out: tokens.left_out,
    ms: trace.ms,
    logits: trace.logits,
    probabilities: trace.after[layers],
    labels: config.labels,
    after: trace.after,
    layer,
    head,
    width,
    layers,
    heads,
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
