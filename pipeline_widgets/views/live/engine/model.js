// The forward pass of one text: embed, attend, pool, classify (numpy_model.py); rows are tokens.
//
// All numbers lie in the kernel's memory: first the weights as float32, then what a text needs.
// The two tables stay float16 as they came, outside it, since a text looks up few of their rows.

const ALIGNED = 64; // bytes
const MARGIN = 1 << 16; // below it nothing lies, so that 0 means no bias
const TABLES = ["token", "position"];

/**
 * Memory for a model whose file has `size` bytes: {pages, file}. The file lies at `file` until it
 * has been read, so far up that what is made of its numbers, one after the other, reaches none
 * that has not been read.
 */
export function roomFor(config, size) {
  const P = padded(config.limit),
    { width, inner, layers, heads } = config;
  const weights = MARGIN + 4 * config.numbers + 160 * config.tensors, // aligned, each
    wide = 7 * width + inner + Math.max(P, width, inner),
    text = P * ((layers + 1) * width + wide) + layers * heads * P * P + 4 * width * (layers + 4),
    file = (weights - 2 * config.numbers + ALIGNED) & -ALIGNED; // none has less than two bytes
  const bytes = Math.max(weights, file + size) + 4 * text;
  return { pages: Math.ceil((bytes + MARGIN) / 65536), file, weights };
}

const count = (shape) => shape.reduce((product, size) => product * size, 1);
const padded = (size) => (size + 3) & ~3; // the product takes rows by fours

export class Model {
  /** Of the file of `size` bytes at `file` in the kernel's memory, and its `tensors`. */
  constructor(config, tensors, { file, size, weights }, kernel) {
    this.config = config;
    this.kernel = kernel;
    this.numbers = new Float32Array(kernel.buffer);
    this.bytes = new Uint8Array(kernel.buffer);
    this.places = new Map();
    this.tables = new Map();
    this.top = MARGIN;
    for (const name of TABLES) {
      const { at, bytes, type } = tensors.get(name),
        place = [file + at, file + at + bytes],
        raw = place[0] < weights ? this.bytes.slice(...place) : this.bytes.subarray(...place);
      this.tables.set(name, { raw, type }); // behind the weights it may stay where it is
    }
    for (const [name, { at, shape, type }] of tensors)
      if (!TABLES.includes(name)) {
        const to = this.take((count(shape) + 7) & ~7);
        this.put(file + at, type, to, count(shape));
        this.places.set(name, to);
      }
    this.scratch = Math.max(this.top, (file + size + ALIGNED - 1) & -ALIGNED);
  }

  /** Room for `size` numbers; returns its place in bytes. */
  take(size) {
    const at = this.top;
    this.top = (at + 4 * size + ALIGNED - 1) & -ALIGNED;
    if (this.top > this.bytes.length) throw new Error("The text does not fit into memory.");
    return at;
  }

  put(from, type, to, size) {
    if (type === "F32") this.bytes.copyWithin(to, from, from + 4 * size);
    else this.kernel.widen(from, to, size);
  }

  /** A table's rows for some ids, as numbers at `at`. */
  look(name, ids, at) {
    const { raw, type } = this.tables.get(name),
      { width } = this.config,
      bytes = width * (type === "F32" ? 4 : 2);
    ids.forEach((id, row) => {
      const to = at + 4 * row * width,
        from = to + 4 * width - bytes; // float16 numbers in the upper half of their own room
      this.bytes.set(raw.subarray(id * bytes, (id + 1) * bytes), from);
      if (type !== "F32") this.put(from, type, to, width);
    });
  }

  /** The product of `rows` rows at `x` and a matrix, whose rows lie packed; `packed` is room. */
  linear(name, x, xStride, packed, out, outStride, rows, size, inner) {
    const weight = this.places.get(`${name}.weight`),
      bias = this.places.get(`${name}.bias`);
    this.kernel.pack(x, xStride, rows, inner, packed, 4);
    this.kernel.product(packed, weight, bias, out, outStride, rows, size, inner);
  }

  add(to, what, size) {
    const { numbers } = this;
    for (let i = to >> 2, j = what >> 2, end = i + size; i < end; i++, j++)
      numbers[i] += numbers[j];
  }

  /** Each row of mean 0 and variance 1, then scaled and shifted; in place. */
  normalise(name, at, rows) {
    const { numbers } = this,
      { width, epsilon } = this.config;
    const scale = this.places.get(`${name}.scale`) >> 2,
      shift = this.places.get(`${name}.shift`) >> 2;
    for (let row = at >> 2, end = row + rows * width; row < end; row += width) {
      let mean = 0,
        variance = 0;
      for (let d = 0; d < width; d++) mean += numbers[row + d];
      mean /= width;
      for (let d = 0; d < width; d++) variance += (numbers[row + d] - mean) ** 2;
      const factor = 1 / Math.sqrt(variance / width + epsilon);
      for (let d = 0; d < width; d++)
        numbers[row + d] =
          (numbers[row + d] - mean) * factor * numbers[scale + d] + numbers[shift + d];
    }
  }

  /** A copy of `rows` × `width` numbers. */
  copy(at, rows, width = this.config.width) {
    return this.numbers.slice(at >> 2, (at >> 2) + rows * width);
  }

  embed(ids) {
    const T = ids.length,
      { width, firstPosition } = this.config;
    const positions = ids.map((_, index) => index + firstPosition);
    const x = this.take(padded(T) * width),
      other = this.take(padded(T) * width);
    this.numbers.fill(0, x >> 2, (x >> 2) + padded(T) * width);
    this.look("token", ids, x);
    this.look("position", positions, other);
    const token = this.copy(x, T),
      position = this.copy(other, T);
    this.add(x, other, T * width);
    this.normalise("embedding_norm", x, T);
    return { x, positions, token, position };
  }

  /** One layer: each token looks at the others, then goes through a wider layer. */
  layer(index, x, T, room, off = []) {
    const attention = this.selfAttention(`layers.${index}`, x, T, room);
    for (const head of off) this.silence(head, room);
    return { out: this.finish(index, x, room), attention };
  }

  /** What a head gathered becomes nothing: it is switched off. */
  silence(head, { seen, P }) {
    const { width, heads } = this.config,
      size = width / heads;
    for (let t = 0; t < P; t++) {
      const from = (seen >> 2) + t * width + head * size;
      this.numbers.fill(0, from, from + size);
    }
  }

  /**
   * The rest of a layer, from what its heads gathered: what the two halves add and what then is
   * normalised. `watch(name, at)` may look at each of the four on the way, or change it.
   */
  finish(index, x, room, watch = undefined) {
    const name = `layers.${index}`,
      { P, seen, mixed, wide, packed } = room,
      { width, inner } = this.config,
      out = this.take(P * width),
      row = 4 * width;
    this.linear(`${name}.attention_output`, seen, row, packed, mixed, row, P, width, width);
    watch?.("attention", mixed);
    this.add(mixed, x, P * width);
    this.normalise(`${name}.attention_norm`, mixed, P);
    watch?.("between", mixed);
    this.linear(`${name}.feed_forward_in`, mixed, row, packed, wide, 4 * inner, P, inner, width);
    this.activate(wide, P * inner);
    this.linear(`${name}.feed_forward_out`, wide, 4 * inner, packed, out, row, P, width, inner);
    watch?.("feed_forward", out);
    this.add(out, mixed, P * width);
    this.normalise(`${name}.feed_forward_norm`, out, P);
    watch?.("left", out);
    return out;
  }

  activate(at, size) {
    if (this.config.activation === "gelu") return this.kernel.gelu(at, size);
    const { numbers } = this;
    for (let i = at >> 2; i < (at >> 2) + size; i++) numbers[i] = Math.max(0, numbers[i]);
  }

  selfAttention(name, x, T, room) {
    const { width, heads } = this.config,
      { numbers, kernel } = this;
    const P = padded(T),
      size = width / heads,
      row = 12 * width, // bytes of one token's query, key and value
      attention = this.take(heads * P * P),
      { qkv, packed, keys } = room,
      values = keys >> 2;
    this.linear(`${name}.query_key_value`, x, 4 * width, packed, qkv, row, P, 3 * width, width);
    for (let t = 0; t < P; t++)
      for (let d = 0, at = (qkv >> 2) + 3 * t * width; d < width; d++)
        numbers[at + d] *= size ** -0.5;
    for (let head = 0; head < heads; head++) {
      const square = attention + 4 * head * P * P,
        query = qkv + 4 * head * size;
      kernel.pack(query, row, P, size, packed, 4);
      kernel.pack(query + 4 * width, row, P, size, keys, 2);
      kernel.product(packed, keys, 0, square, 4 * P, P, P, size);
      for (let t = 0; t < P; t++) softmax(numbers, (square >> 2) + t * P, T, P);
      const value = (query >> 2) + 2 * width;
      for (let t = 0; t < P; t++)
        for (let d = 0; d < size; d++)
          numbers[values + (d >> 1) * 2 * P + (t >> 2) * 8 + (d & 1) * 4 + (t & 3)] =
            numbers[value + 3 * t * width + d];
      kernel.pack(square, 4 * P, P, P, packed, 4);
      kernel.product(packed, keys, 0, room.seen + 4 * head * size, 4 * width, P, size, P);
    }
    return attention;
  }

  /** Room for what a layer of T tokens makes on its way. */
  room(T) {
    const P = padded(T),
      { width, inner, heads } = this.config;
    return {
      P,
      qkv: this.take(3 * P * width),
      keys: this.take((P * width) / heads), // and the values, packed
      seen: this.take(P * width),
      mixed: this.take(P * width),
      wide: this.take(P * inner),
      packed: this.take(P * Math.max(P, width, inner)),
    };
  }

  /**
   * All that a trace has, copied out of the memory: ids (T) to arrays in row order. `off` lists for
   * each layer the heads that are switched off.
   */
  trace(ids, off = []) {
    this.top = this.scratch;
    const { width, heads, layers } = this.config,
      T = ids.length,
      P = padded(T);
    const { x, positions, token, position } = this.embed(ids),
      room = this.room(T);
    const hidden = new Float32Array((layers + 1) * T * width),
      attention = new Float32Array(layers * heads * T * T);
    hidden.set(this.copy(x, T));
    for (let index = 0, state = x; index < layers; index++) {
      const made = this.layer(index, state, T, room, off[index]);
      state = made.out;
      hidden.set(this.copy(state, T), (index + 1) * T * width);
      for (let row = 0; row < heads * T; row++) {
        const from = (made.attention >> 2) + (Math.floor(row / T) * P + (row % T)) * P;
        attention.set(this.numbers.subarray(from, from + T), (index * heads * T + row) * T);
      }
    }
    return { T, ids, positions, token, position, hidden, attention, ...this.answers(hidden, T) };
  }

  /** States (T, D) of before a layer, in the memory; returns their place. */
  placeStates(hidden) {
    const { width } = this.config,
      T = hidden.length / width,
      x = this.take(padded(T) * width);
    this.numbers.fill(0, (x >> 2) + T * width, (x >> 2) + padded(T) * width);
    this.numbers.set(hidden, x >> 2);
    return x;
  }

  /** The answer (C) of states (T, D) run from `layer` on, the heads `off` of that layer off. */
  answerFrom(layer, hidden, off = []) {
    this.top = this.scratch;
    const { width, layers } = this.config,
      T = hidden.length / width;
    let state = this.placeStates(hidden);
    const room = this.room(T);
    for (let index = layer; index < layers; index++)
      state = this.layer(index, state, T, room, index === layer ? off : []).out;
    return this.answers(this.copy(state, 1), 1, 0).after[0];
  }

  /** What a layer does on its way from states (T, D): `watch` as in `finish`, and what was gathered. */
  insideLayer(layer, hidden, watch, gathered = undefined) {
    this.top = this.scratch;
    const T = hidden.length / this.config.width,
      x = this.placeStates(hidden),
      room = this.room(T);
    this.selfAttention(`layers.${layer}`, x, T, room);
    if (gathered) this.numbers.set(gathered, room.seen >> 2);
    const seen = this.copy(room.seen, T);
    this.finish(layer, x, room, (name, at) => watch?.(name, this.numbers, at >> 2));
    return seen;
  }

  /** The vectors (T, D / H) from which one head's attention is made, of the states before it. */
  queryKeyValue(layer, head, hidden) {
    this.top = this.scratch;
    const { width, heads } = this.config,
      T = hidden.length / width,
      size = width / heads,
      x = this.placeStates(hidden),
      packed = this.take(padded(T) * width),
      out = this.take(padded(T) * size);
    this.kernel.pack(x, 4 * width, padded(T), width, packed, 4);
    const weight = this.places.get(`layers.${layer}.query_key_value.weight`),
      bias = this.places.get(`layers.${layer}.query_key_value.bias`);
    return ["query", "key", "value"].map((_, part) => {
      const row = part * width + head * size;
      this.kernel.product(
        ...[packed, weight + 4 * row * width, bias + 4 * row],
        ...[out, 4 * size, padded(T), size, width],
      );
      return this.copy(out, T, size);
    });
  }

  /**
   * The first token's states before and after each of `layers` layers, of states (L + 1, T, D): as
   * they are, through the head's dense layer, and bent; (L + 1, D) each.
   */
  pool(hidden, T, layers = this.config.layers) {
    const { width, headActivation } = this.config,
      rows = padded(layers + 1),
      first = this.take(rows * width),
      dense = this.take(rows * width),
      packed = this.take(rows * width);
    this.numbers.fill(0, first >> 2, (first >> 2) + rows * width);
    for (let l = 0; l <= layers; l++)
      this.numbers.set(
        hidden.subarray(l * T * width, l * T * width + width),
        (first >> 2) + l * width,
      );
    this.linear("dense", first, 4 * width, packed, dense, 4 * width, rows, width, width);
    const bend = headActivation === "tanh" ? Math.tanh : (value) => Math.max(0, value);
    const through = this.copy(dense, layers + 1);
    return { first: this.copy(first, layers + 1), dense: through, activated: through.map(bend) };
  }

  /** What the head says to the first token before and after each layer; the last is the answer. */
  answers(hidden, T, layers = this.config.layers) {
    const { width, labels } = this.config,
      pooled = this.pool(hidden, T, layers),
      row = (values, l) => values.slice(l * width, (l + 1) * width);
    const logits = Array.from({ length: layers + 1 }, (_, l) =>
      labels.map((_, label) => this.logit(label, row(pooled.activated, l))),
    );
    return {
      first: row(pooled.first, layers),
      dense: row(pooled.dense, layers),
      activated: row(pooled.activated, layers),
      logits: logits[layers],
      after: logits.map((numbers) => scores(numbers, this.config.function)),
    };
  }

  /** What the head does last, for one label: weights (D) and a bias. */
  outputRow(label) {
    const { width } = this.config,
      from = (this.places.get("output.weight") >> 2) + label * width;
    return {
      weight: this.numbers.slice(from, from + width),
      bias: this.numbers[(this.places.get("output.bias") >> 2) + label],
    };
  }

  logit(label, bent) {
    const { width } = this.config,
      row = (this.places.get("output.weight") >> 2) + label * width;
    let sum = this.numbers[(this.places.get("output.bias") >> 2) + label];
    for (let d = 0; d < width; d++) sum += bent[d] * this.numbers[row + d];
    return sum;
  }
}

function scores(logits, name) {
  if (name === "none") return logits;
  if (name === "sigmoid") return logits.map((x) => 1 / (1 + Math.exp(-x)));
  const top = Math.max(...logits),
    raised = logits.map((x) => Math.exp(x - top)),
    sum = raised.reduce((a, b) => a + b);
  return raised.map((x) => x / sum);
}

/** One row of `count` scores as weights that sum to 1; the empty ones up to `all` are 0. */
function softmax(numbers, at, count, all) {
  let top = -Infinity,
    sum = 0;
  for (let i = at; i < at + count; i++) if (numbers[i] > top) top = numbers[i];
  for (let i = at; i < at + count; i++) sum += numbers[i] = Math.exp(numbers[i] - top);
  for (let i = at; i < at + count; i++) numbers[i] /= sum;
  numbers.fill(0, at + count, at + all);
}
