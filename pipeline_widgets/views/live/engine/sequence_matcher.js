// Ratcliff & Obershelp's matching blocks of two lists, as Python's difflib finds them.

/** [start in a, start in b, size], the last one empty, at the ends. */
export function matchingBlocks(a, b) {
  const places = new Map();
  b.forEach((item, j) => {
    if (places.has(item)) places.get(item).push(j);
    else places.set(item, [j]);
  });
  const found = [],
    open = [[0, a.length, 0, b.length]];
  while (open.length) {
    const [from, to, low, high] = open.pop(),
      [i, j, size] = longest(a, places, from, to, low, high);
    if (!size) continue;
    found.push([i, j, size]);
    if (from < i && low < j) open.push([from, i, low, j]);
    if (i + size < to && j + size < high) open.push([i + size, to, j + size, high]);
  }
  found.sort((one, two) => one[0] - two[0] || one[1] - two[1]);
  const whole = [];
  for (const [i, j, size] of found) {
    const last = whole.at(-1);
    if (last && last[0] + last[2] === i && last[1] + last[2] === j) last[2] += size;
    else whole.push([i, j, size]);
  }
  return [...whole, [a.length, b.length, 0]];
}

/** The longest block within bounds; of equals the first in a, then the first in b. */
function longest(a, places, from, to, low, high) {
  let best = [from, low, 0],
    lengths = new Map();
  for (let i = from; i < to; i++) {
    const next = new Map();
    for (const j of places.get(a[i]) ?? []) {
      if (j < low) continue;
      if (j >= high) break;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best[2]) best = [i - size + 1, j - size + 1, size];
    }
    lengths = next;
  }
  return best;
}

/** Stretches [same, from a, to a, from b, to b] that make both lists up. */
export function stretchesOf(a, b) {
  const made = [];
  let i = 0,
    j = 0;
  for (const [nextI, nextJ, size] of matchingBlocks(a, b)) {
    if (i < nextI || j < nextJ) made.push([false, i, nextI, j, nextJ]);
    if (size) made.push([true, nextI, nextI + size, nextJ, nextJ + size]);
    i = nextI + size;
    j = nextJ + size;
  }
  return made;
}
