// From sub-words to words, and from all tokens to those of the text: what head_kinds.py does, here.

/** The tokens of each word; a special token is a group of its own. */
function wordGroups(words) {
  const groups = [];
  words.forEach((word, i) => {
    if (word < 0 || word !== words[i - 1]) groups.push([]);
    groups.at(-1).push(i);
  });
  return groups;
}

/** Summed over the keys of a word, averaged over its queries, so that each row still sums to 1. */
function merged(values, count, groups) {
  const size = groups.length,
    result = new Float32Array(size * size);
  const group = new Int32Array(count);
  groups.forEach((members, g) =>
    members.forEach((i) => {
      group[i] = g;
    }),
  );
  for (let i = 0; i < count; i++) {
    const share = 1 / groups[group[i]].length,
      row = group[i] * size;
    for (let j = 0; j < count; j++) result[row + group[j]] += share * values[i * count + j];
  }
  return result;
}

function kept(values, count, keep, renormalise) {
  const size = keep.length,
    result = new Float32Array(size * size);
  keep.forEach((i, a) => {
    let sum = 0;
    keep.forEach((j, b) => {
      sum += result[a * size + b] = values[i * count + j];
    });
    if (renormalise && sum > 0) for (let b = 0; b < size; b++) result[a * size + b] /= sum;
  });
  return result;
}

/**
 * The square that is drawn: `values` (n, n), the `labels` of its rows, and the tokens that each row
 * stands for.
 */
export function square(weights, panel, { words, specials }) {
  let { values } = weights,
    count = weights.shape[0];
  let groups = panel.shown.map((_, i) => [i]),
    labels = panel.shown;
  if (words) {
    groups = wordGroups(panel.words);
    values = merged(values, count, groups);
    count = groups.length;
    labels = panel.grouped;
  }
  if (specials !== "shown") {
    const keep = groups.map((_, g) => g).filter((g) => !panel.special[groups[g][0]]);
    values = kept(values, count, keep, specials === "renormalised");
    groups = keep.map((g) => groups[g]);
    labels = keep.map((g) => labels[g]);
    count = keep.length;
  }
  return { values, shape: [count, count], labels, groups };
}

/** The same square with only each row's largest weights that make up `mass` of the row. */
export function massive(drawn, mass) {
  if (mass >= 1) return drawn;
  const count = drawn.shape[0],
    values = new Float32Array(drawn.values.length);
  for (let i = 0; i < count; i++) {
    const row = drawn.values.subarray(i * count, (i + 1) * count);
    const order = Array.from(row.keys()).sort((a, b) => row[b] - row[a]);
    const goal = mass * row.reduce((sum, weight) => sum + weight, 0);
    let sum = 0;
    for (const j of order) {
      if (sum >= goal) break;
      values[i * count + j] = row[j];
      sum += row[j];
    }
  }
  return { ...drawn, values };
}
