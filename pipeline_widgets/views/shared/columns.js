// Where each token stands. Two tokenizers cut one text differently: the columns of the grid are
// the stretches of text between all cuts of both, so a piece spans exactly its own characters.

/** Positions of a panel's pieces on the text, in characters; pieces that share one split it. */
function places(panel) {
  const count = panel.pieces.length;
  const found = new Array(count);
  for (let i = 0; i < count; ) {
    if (panel.special[i]) {
      found[i] = null;
      i++;
      continue;
    }
    let [start, end] = [panel.spans[2 * i], panel.spans[2 * i + 1]],
      last = i;
    if (start === end) start = Math.max(0, end - panel.pieces[i].length); // spaces, trimmed away
    while (last + 1 < count && !panel.special[last + 1] && panel.spans[2 * (last + 1)] < end) {
      last++;
      end = Math.max(end, panel.spans[2 * last + 1]);
    }
    const size = last - i + 1;
    for (let k = 0; k < size; k++) {
      found[i + k] = [start + ((end - start) * k) / size, start + ((end - start) * (k + 1)) / size];
    }
    i = last + 1;
  }
  return found;
}

/**
 * The grid: `count` columns, `of(panel, i)` = [first, last + 1] column of a token (from 0), and the
 * typed text as `stretches` of {text, first, last}. Specials before and after the text get columns
 * of their own; both panels' opening and closing tokens share them.
 */
export function columns(text, panels) {
  const characters = Array.from(text);
  const placed = panels.map(places);
  const leading = Math.max(
    ...panels
      .map((panel) => panel.special.findIndex((s) => !s))
      .map((n, k) => (n < 0 ? panels[k].pieces.length - 1 : n)),
  );
  const cuts = new Set([0, characters.length]);
  placed.flat().forEach((place) => place?.forEach((cut) => cuts.add(cut)));
  const sorted = [...cuts].sort((a, b) => a - b);
  const column = new Map(sorted.map((cut, k) => [cut, leading + k]));
  const trailingFrom = leading + sorted.length - 1;
  const trailing = Math.max(
    ...panels.map((panel) => {
      let n = 0;
      for (let i = panel.pieces.length - 1; i > 0 && panel.special[i]; i--) n++;
      return n;
    }),
  );
  const of = (panel, i) => {
    const k = panels.indexOf(panel),
      place = placed[k][i];
    if (place) return [column.get(place[0]), column.get(place[1])];
    const opened = panel.special.findIndex((special) => !special);
    const isOpening = opened < 0 ? i === 0 : i < opened;
    const at = isOpening ? i : trailingFrom + (i - (panel.special.length - trailing));
    const clamped = Math.max(0, at);
    return [clamped, clamped + 1];
  };
  return { count: trailingFrom + trailing, of, stretches: stretches(characters, sorted, column) };
}

function stretches(characters, sorted, column) {
  const whole = sorted.filter(Number.isInteger);
  return whole.slice(0, -1).map((start, k) => {
    const end = whole[k + 1];
    const text = characters.slice(start, end).join("");
    return { text, first: column.get(start), last: column.get(end) };
  });
}

/** Whether the first letter with a direction runs from right to left. */
export function direction(text) {
  const first = text.match(/\p{L}/u)?.[0] ?? "";
  return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/.test(first) ? "rtl" : "ltr";
}
