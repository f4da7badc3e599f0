// How two runs of one model differ: states, attention rows, the first token's way (difference.py).

import { statesOf } from "./reader.js";

const ARRIVED = 0.5;

/** How far apart the states of each token and its partner lie: (L + 1, T), NaN without one. */
export function spreadOf(reader, { pinned, run, partners }) {
  const { layers, width } = reader.config,
    { T } = run.trace,
    made = new Float32Array((layers + 1) * T).fill(NaN);
  for (let row = 0; row <= layers; row++) {
    const one = statesOf(pinned, row, reader),
      two = statesOf(run, row, reader);
    partners.forEach((partner, token) => {
      if (partner < 0) return;
      let first = 0,
        second = 0,
        apart = 0;
      for (let d = 0; d < width; d++) {
        const a = one[partner * width + d],
          b = two[token * width + d];
        first += a * a;
        second += b * b;
        apart += (a - b) ** 2;
      }
      const length = (Math.sqrt(first) + Math.sqrt(second)) / 2;
      made[row * T + token] = length > 0 ? Math.sqrt(apart) / length : 0;
    });
  }
  return made;
}

/** The row at which the difference has reached the first token; null where it never does. */
export function reachesFirst(spread, T, layers) {
  const first = Array.from({ length: layers + 1 }, (_, row) => spread[row * T]),
    most = Math.max(0, ...first.filter(Number.isFinite));
  return most > 1e-4 ? first.findIndex((value) => value >= ARRIVED * most) : null;
}

/** Of the heads that changed most the row that did, and between which tokens. */
export function attentionRows(reader, { pinned, run, partners }, count) {
  const { layers, heads } = reader.config,
    own = [...partners.keys()].filter((token) => partners[token] >= 0),
    found = [];
  const row = ({ trace }, head, token) =>
    trace.attention.subarray(
      (head * trace.T + token) * trace.T,
      (head * trace.T + token + 1) * trace.T,
    );
  for (let head = 0; head < layers * heads; head++) {
    let best = [-1, 0];
    for (const token of own) {
      const one = row(pinned, head, partners[token]),
        two = row(run, head, token);
      let moved = 2;
      for (const key of own) {
        const [before, after] = [one[partners[key]], two[key]];
        moved += Math.abs(after - before) - before - after;
      }
      moved = Math.min(1, Math.max(0, moved / 2));
      if (moved > best[0]) best = [moved, token];
    }
    found.push([head, ...best]);
  }
  found.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return found
    .slice(0, count)
    .filter(([, moved]) => moved >= 0.01)
    .map(([head, moved, token]) => ({
      ...{ layer: Math.floor(head / heads), head: head % heads, token, moved: moved },
      ...between(row(pinned, head, partners[token]), row(run, head, token), partners, own),
    }));
}

/** The key that loses most, and the one that gains most: [key, before, after]. */
function between(before, after, partners, own) {
  const lost = before.slice(),
    gained = after.slice();
  for (const key of own) {
    lost[partners[key]] -= after[key];
    gained[key] -= before[partners[key]];
  }
  const less = lost.indexOf(Math.max(...lost)),
    more = gained.indexOf(Math.max(...gained)),
    back = partners.indexOf(less),
    fore = partners[more];
  return {
    lost: [less, before[less], back < 0 ? 0 : after[back]],
    gained: [more, fore < 0 ? 0 : before[fore], after[more]],
  };
}

/** The first token's way in both texts, on the head's own direction and one across (Paths). */
export function pathsOf(reader, { pinned, run }) {
  const { layers, width } = reader.config,
    { model } = reader;
  const bent = [pinned, run].map(({ trace }) => bentOf(model, trace)),
    labels = toldApart(...[pinned, run].map(({ trace }) => trace.after[layers])),
    one = model.outputRow(labels[0]),
    two = labels[1] === labels[0] ? null : model.outputRow(labels[1]);
  const weight = one.weight.map((value, d) => value - (two?.weight[d] ?? 0)),
    offset = one.bias - (two?.bias ?? 0);
  const dot = (a, b) => a.reduce((sum, value, d) => sum + value * b[d], 0),
    rows = [...Array(layers + 1).keys()],
    vectors = bent.map((flat) => rows.map((l) => flat.subarray(l * width, (l + 1) * width)));
  const length = Math.sqrt(dot(weight, weight)) || 1,
    unit = Float64Array.from(weight, (value) => value / length);
  const parting = rows.map((l) => Float64Array.from(vectors[1][l], (b, d) => b - vectors[0][l][d])),
    rest = parting.map((row) => {
      const part = dot(row, unit);
      return row.map((value, d) => value - part * unit[d]);
    });
  const direction = principal(rest, dot),
    across = vectors.map((path) => path.map((row) => dot(row, direction)));
  const mean = (numbers) => numbers.reduce((a, b) => a + b) / numbers.length,
    middle = (mean(across[0]) + mean(across[1])) / 2,
    sign = across[1].at(-1) > across[0].at(-1) ? -1 : 1;
  const square = (row, way) => dot(row, way) ** 2,
    whole = parting.reduce((sum, row) => sum + dot(row, row), 0),
    shown = parting.reduce((sum, row) => sum + square(row, unit) + square(row, direction), 0);
  const [first, second] = vectors.map((path, k) =>
    path.map((row, l) => [dot(row, weight) + offset, sign * (across[k][l] - middle)]),
  );
  return {
    pinned: first,
    new: second,
    labels,
    share: whole ? shown / whole : 1,
  };
}

function bentOf(model, { hidden, T }) {
  model.top = model.scratch;
  return model.pool(hidden, T).activated;
}

/** The two classes between which the texts differ: both winners, or the winner and the next. */
function toldApart(pinned, answer) {
  const first = pinned.indexOf(Math.max(...pinned)),
    second = answer.indexOf(Math.max(...answer));
  if (second !== first) return [first, second];
  const sum = pinned.map((value, k) => value + answer[k]),
    others = [...sum.keys()].filter((label) => label !== first).sort((a, b) => sum[b] - sum[a]);
  return [first, others[0] ?? first];
}

/** The first principal direction of some rows: their products, squared until one is left. */
function principal(rows, dot) {
  let products = rows.map((one) => rows.map((two) => dot(one, two)));
  for (let turn = 0; turn < 40; turn++) {
    const trace = products.reduce((sum, row, k) => sum + row[k], 0);
    if (!trace) return new Float64Array(rows[0].length);
    const scaled = products.map((row) => row.map((value) => value / trace));
    products = scaled.map((one) => scaled.map((two) => dot(one, two)));
  }
  const norms = products.map((row, k) => row[k]),
    weights = products[norms.indexOf(Math.max(...norms))],
    made = new Float64Array(rows[0].length);
  rows.forEach((row, k) => row.forEach((value, d) => (made[d] += weights[k] * value)));
  const length = Math.sqrt(dot(made, made)) || 1;
  return made.map((value) => value / length);
}
