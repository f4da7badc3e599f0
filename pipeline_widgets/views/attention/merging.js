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
function merged(values, rows, columns) {
  const size = columns.length,
    count = columns.reduce((sum, members) => sum + members.length, 0),
    result = new Float32Array(rows.length * size);
  const column = new Int32Array(count);
  columns.forEach((members, g) =>
    members.forEach((j) => {
      column[j] = g;
    }),
  );
  rows.forEach((members, g) =>
    members.forEach((i) => {
      for (let j = 0; j < count; j++) {
        result[g * size + column[j]] += values[i * count + j] / members.length;
      }
    }),
  );
  return result;
}

function kept(values, count, rows, columns, renormalise) {
  const size = columns.length,
    result = new Float32Array(rows.length * size);
  rows.forEach((i, a) => {
    let sum = 0;
    columns.forEach((j, b) => {
      sum += result[a * size + b] = values[i * count + j];
    });
    if (renormalise && sum > 0) for (let b = 0; b < size; b++) result[a * size + b] /= sum;
  });
  return result;
}

/** One side of the square: its tokens, or its words, with what each stands for. */
function sideOf({ shown, grouped, words, special }, byWord) {
  const groups = byWord ? wordGroups(words) : shown.map((_, i) => [i]);
  const specials = groups.map(([first]) => Boolean(special[first]));
  return { groups, labels: byWord ? grouped : shown, specials };
}

/**
 * The square that is drawn: `values` (rows, columns), the `labels` of its rows and the `keys` of its
 * columns, the tokens that each stands for (`groups`, `keyGroups`), and which columns are `specials`.
 */
export function square(weights, panel, { words, specials }) {
  const crossed = Boolean(panel.keys.shown);
  let { values } = weights,
    columns = weights.shape[1];
  let rows = sideOf(panel, words),
    over = crossed ? sideOf(panel.keys, words) : rows;
  if (words) {
    values = merged(values, rows.groups, over.groups);
    columns = over.groups.length;
  }
  if (specials !== "shown") {
    const places = (side) => side.labels.map((_, g) => g).filter((g) => !side.specials[g]);
    const [down, across] = [rows, over].map(places);
    values = kept(values, columns, down, across, specials === "renormalised");
    const picked = (side, keep) => ({
      groups: keep.map((g) => side.groups[g]),
      labels: keep.map((g) => side.labels[g]),
      specials: keep.map(() => false),
    });
    rows = picked(rows, down);
    over = crossed ? picked(over, across) : rows;
  }
  return {
    ...{ values, crossed, labels: rows.labels, groups: rows.groups },
    shape: [rows.labels.length, over.labels.length],
    keys: over.labels,
    keyGroups: over.groups,
    specials: over.specials,
  };
}

/** The same square with only each row's largest weights that make up `mass` of the row. */
export function massive(drawn, mass) {
  if (mass >= 1) return drawn;
  const [rows, columns] = drawn.shape,
    values = new Float32Array(drawn.values.length);
  for (let i = 0; i < rows; i++) {
    const row = drawn.values.subarray(i * columns, (i + 1) * columns);
    const order = Array.from(row.keys()).sort((a, b) => row[b] - row[a]);
    const goal = mass * row.reduce((sum, weight) => sum + weight, 0);
    let sum = 0;
    for (const j of order) {
      if (sum >= goal) break;
      values[i * columns + j] = row[j];
      sum += row[j];
    }
  }
  return { ...drawn, values };
}
