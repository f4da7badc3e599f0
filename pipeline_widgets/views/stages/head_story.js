// What a head does with this text, in words: the same places as attention_analysis.py.

import { fill } from "../shared/dom.js";

const MOSTLY = 0.4,
  BROAD = 0.5; // as there

/** Where the weight of a head (T, T) goes, as one of the sentences' keys. */
function kind({ values, shape: [count] }) {
  const mean = (weight, from = 0, to = count) => {
    let sum = 0;
    for (let i = from; i < to; i++) sum += weight(i);
    return sum / Math.max(1, to - from);
  };
  const at = (query, key) => values[query * count + key];
  /** @type {[string, number][]} */
  const shares = [
    ["previous", mean((i) => at(i, i - 1), 1)],
    ["next", mean((i) => at(i, i + 1), 0, count - 1)],
    ["itself", mean((i) => at(i, i))],
    ["first", mean((i) => at(i, 0))],
    ["last", mean((i) => at(i, count - 1))],
  ];
  const [name, share] = shares.reduce((best, one) => (one[1] > best[1] ? one : best));
  if (share >= MOSTLY) return name;
  const spread = mean((i) => {
    const row = values.subarray(i * count, (i + 1) * count);
    return 1 / row.reduce((sum, weight) => sum + weight * weight, 0);
  });
  return spread / count >= BROAD ? "broad" : "other";
}

/** "Attention head 0·2: mostly at the token before". */
export function headStory(panel, strings) {
  const name = kind(panel.attention);
  const token = name === "last" ? panel.shown.at(-1) : panel.shown[0];
  return fill(strings.head_said, {
    layer: panel.layer,
    head: panel.head,
    kind: fill(strings[`kind_${name}`], { token }),
  });
}
