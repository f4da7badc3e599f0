// What a head does in one text, and attention put together (attention_analysis.py).
// Attention is (L, H, T, T) in row order, each row a token that looks.

export const KINDS = [
  ...["previous", "next", "itself", "first", "last", "punctuation"],
  ...["broad", "content"],
];
const PLACES = 6,
  BROAD = 0.5, // a head whose rows spread over half of the tokens or more
  MOSTLY = 0.4, // share of a head's weight at one place from which it is named after it
  SIDE = 32; // cells of a thumbnail, at most

/** For each head of `sizes` its code, its seven numbers (places and breadth) and its favourite. */
export function headKinds(attention, { L, H, T }, marks) {
  const count = L * H,
    codes = new Uint8Array(count),
    values = new Float32Array(7 * count),
    favourite = new Int32Array(count);
  for (let head = 0; head < count; head++) {
    const square = attention.subarray(head * T * T, (head + 1) * T * T),
      found = measured(square, T, marks);
    found.values.forEach((value, k) => {
      values[k * count + head] = value;
    });
    favourite[head] = found.favourite;
    const places = found.values.slice(0, PLACES),
      most = Math.max(...places);
    const other = found.values[PLACES] >= BROAD ? "broad" : "content";
    codes[head] = most >= MOSTLY ? places.indexOf(most) : KINDS.indexOf(other);
  }
  return { codes, values, favourite };
}

function measured(square, T, marks) {
  const received = new Float64Array(T);
  let breadth = 0,
    previous = 0,
    next = 0,
    itself = 0;
  for (let query = 0; query < T; query++) {
    let squares = 0;
    for (let key = 0; key < T; key++) {
      const weight = square[query * T + key];
      received[key] += weight / T;
      squares += weight * weight;
    }
    breadth += 1 / squares / T / T;
    itself += square[query * T + query] / T;
    if (query > 0) previous += square[query * T + query - 1] / (T - 1);
    if (query < T - 1) next += square[query * T + query + 1] / (T - 1);
  }
  const punctuation = received.reduce((sum, value, key) => sum + (marks[key] ? value : 0), 0);
  const values = [previous, next, itself, received[0], received[T - 1], punctuation, breadth];
  return { values: values.map(Math.fround), favourite: received.indexOf(Math.max(...received)) };
}

/** All heads in small, (L, H, c, c): a byte for each cell, its share of the head's largest. */
export function thumbnails(attention, { L, H, T }) {
  const step = Math.ceil(T / SIDE),
    side = Math.ceil(T / step),
    made = new Uint8Array(L * H * side * side);
  for (let head = 0; head < L * H; head++) {
    const cells = new Float32Array(side * side);
    for (let query = 0; query < T; query++)
      for (let key = 0; key < T; key++) {
        const cell = Math.floor(query / step) * side + Math.floor(key / step);
        cells[cell] = Math.max(cells[cell], attention[(head * T + query) * T + key]);
      }
    const most = cells.reduce((a, b) => Math.max(a, b), 0);
    cells.forEach((value, cell) => {
      made[head * side * side + cell] = Math.floor(value * Math.fround(255 / most) + 0.5);
    });
  }
  return { values: made, shape: [L, H, side, side] };
}

/** The square of weights (T, T) that `source` names: a head, or the mean of several, or all layers. */
export function squareOf(attention, sizes, source, layer, head) {
  const { H, L, T } = sizes,
    size = T * T;
  if (source === "head")
    return attention.slice((layer * H + head) * size, (layer * H + head + 1) * size);
  if (source === "heads") return mean(attention, layer * H, H, size);
  if (source === "layers") return mean(attention, 0, L * H, size);
  return rollout(attention, sizes);
}

function mean(attention, first, count, size) {
  const made = new Float64Array(size);
  for (let head = first; head < first + count; head++)
    for (let i = 0; i < size; i++) made[i] += attention[head * size + i] / count;
  return Float32Array.from(made);
}

/** Each layer's mean head, half of it the residual connection, multiplied (Abnar & Zuidema 2020). */
function rollout(attention, { L, H, T }) {
  let reached = Float64Array.from({ length: T * T }, (_, i) => (i % (T + 1) ? 0 : 1));
  for (let layer = 0; layer < L; layer++) {
    const one = mean(attention, layer * H, H, T * T),
      made = reached.slice();
    for (let query = 0; query < T; query++)
      for (let between = 0; between < T; between++)
        for (let key = 0, weight = one[query * T + between]; key < T; key++)
          made[query * T + key] += weight * reached[between * T + key];
    reached = made.map((value) => value / 2);
  }
  return Float32Array.from(reached);
}
