// The state that, put back, brings a pinned sentence's answer back (engine/patching.py).

import { statesOf } from "./reader.js";

const ALIKE = 1e-5, // changes so near are equal
  UNCHANGED = 1e-6; // a change of the answer below this is rounding

/** The rows 0 … L of the square, the most telling first. */
export function rowOrder(layers) {
  const known = layers ? [layers, 0] : [layers];
  const far = (row) => Math.min(...known.map((one) => Math.abs(row - one)));
  while (known.length <= layers) {
    const rest = Array.from({ length: layers + 1 }, (_, row) => row).filter(
      (row) => !known.includes(row),
    );
    known.push(rest.reduce((best, row) => (far(row) >= far(best) ? row : best)));
  }
  return known;
}

/** The class whose probability changes most; of equals the pinned text's winner. */
export function changedLabel(pinned, answer) {
  const change = pinned.map((value, k) => Math.abs(value - answer[k])),
    winner = pinned.indexOf(Math.max(...pinned)),
    most = Math.max(...change);
  return change[winner] >= most - ALIKE ? winner : change.indexOf(most);
}

/** Which part of the change from `pinned` to `answer` comes back with `value`. */
export function shareOf(value, pinned, answer) {
  const change = pinned - answer;
  return Math.abs(change) < UNCHANGED ? NaN : (value - answer) / change;
}

/** One row of the square, token by token: yields [token, its answer], most different states first. */
export function* patchRow(reader, { pinned, run, partners }, row) {
  const { width, layers } = reader.config,
    before = statesOf(pinned, row, reader),
    after = statesOf(run, row, reader),
    own = [...partners.keys()].filter((token) => partners[token] >= 0);
  const vector = (states, token) => states.subarray(token * width, (token + 1) * width);
  const distance = new Map(
    own.map((token) => {
      const theirs = vector(before, partners[token]),
        ours = vector(after, token);
      return [token, ours.reduce((sum, value, d) => sum + Math.abs(value - theirs[d]), 0)];
    }),
  );
  for (const token of own.sort((a, b) => distance.get(b) - distance.get(a) || a - b)) {
    const idle = !distance.get(token) || (row === layers && token);
    if (idle) yield [token, run.trace.after[layers]];
    else {
      const states = after.slice();
      states.set(vector(before, partners[token]), token * width);
      yield [token, reader.model.answerFrom(row, states)];
    }
  }
}

/**
 * What each head of a layer, then its attention and its feed-forward half carry: yields
 * [part, token, its answer]; token -1 is everywhere. The halves come first.
 */
export function* partRows(reader, { pinned, run, partners }, layer) {
  const { width, heads, layers } = reader.config,
    size = width / heads,
    own = [...partners.keys()].filter((token) => partners[token] >= 0);
  const added = new Float32Array(pinned.trace.T * width),
    theirs = reader.model.insideLayer(
      layer,
      statesOf(pinned, layer, reader),
      (name, numbers, at) => {
        if (name === "feed_forward") added.set(numbers.subarray(at, at + added.length));
      },
    );
  const states = statesOf(run, layer, reader),
    ours = reader.model.insideLayer(layer, states);
  const after = statesOf(run, layer + 1, reader),
    answer = run.trace.after[layers];

  /** The states after the layer, with what a part adds taken over at each token of `own`. */
  const statesWith = (part) => {
    const gathered = ours.slice(),
      made = new Float32Array(ours.length),
      [from, to] =
        part < heads ? [part * size, (part + 1) * size] : [0, part === heads ? width : 0];
    for (const token of own) {
      const row = partners[token] * width;
      gathered.set(theirs.subarray(row + from, row + to), token * width + from);
    }
    const watch = (name, numbers, at) => {
      if (name === "left") made.set(numbers.subarray(at, at + made.length));
      if (name !== "feed_forward" || part !== heads + 1) return;
      for (const token of own) {
        const row = partners[token] * width;
        numbers.set(added.subarray(row, row + width), at + token * width);
      }
    };
    reader.model.insideLayer(layer, states, watch, gathered);
    return made;
  };
  for (const part of [heads, heads + 1, ...Array(heads).keys()]) {
    const made = statesWith(part);
    const put = (tokens) => {
      const patched = after.slice();
      for (const token of tokens)
        patched.set(made.subarray(token * width, (token + 1) * width), token * width);
      return reader.model.answerFrom(layer + 1, patched);
    };
    yield [part, -1, put(own)];
    for (const token of own)
      yield [part, token, layer + 1 === layers && token ? answer : put([token])];
  }
}
