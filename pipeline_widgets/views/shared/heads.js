// A head's answers as what they are: shares of a whole, labels each alone, or a score on a scale.
// A head is {labels, function, threshold}, as a prediction has them; `values` are its scores.

import { h } from "./dom.js";
import { scores } from "./rounding.js";

const MANY = 8; // labels of which all are shown; of more, the likeliest
const MOST = 3; // of those that hold, named in one line

export const best = (values) => values.indexOf(Math.max(...values));

/** Whether several labels may hold at once. */
export const several = ({ function: made, labels }) => made === "sigmoid" && labels.length > 1;

/** The labels that hold: the winner, or of several those from the threshold on, surest first. */
export function held(head, values) {
  if (!several(head)) return [best(values)];
  const found = [...values.keys()].filter((i) => values[i] >= head.threshold);
  return found.sort((a, b) => values[b] - values[a]);
}

/** The labels in the order in which they are shown: as they are, or of many the likeliest. */
export function order(values, all = values.length <= MANY) {
  const places = [...values.keys()];
  if (places.length > MANY) places.sort((a, b) => values[b] - values[a] || a - b);
  return all ? places : places.slice(0, MANY);
}

/** The ends of the scale of all these numbers: 0 and 1, or whole numbers around raw scores. */
export function range(head, values) {
  if (head.function !== "none") return { low: 0, high: 1 };
  const low = Math.floor(Math.min(0, ...values));
  return { low, high: Math.max(low + 1, Math.ceil(Math.max(0, ...values))) };
}

/** Where a number lies on such a scale, from 0 to 1. */
export const place = ({ low, high }, value) => (value - low) / (high - low);

/** How far a bar reaches from zero, and where its mark stands: the half, the threshold, zero. */
export function extent(head, scale, value) {
  const zero = head.function === "none" ? place(scale, 0) : 0;
  const [from, to] = [zero, place(scale, value)].sort((a, b) => a - b);
  const mark = { none: zero, sigmoid: head.threshold, softmax: 0.5 }[head.function];
  const share = (part) => `${100 * part}%`;
  return {
    bar: `width:${share(to - from)};margin-inline-start:${share(from)}`,
    mark: `--pw-mark:${share(mark)}`,
  };
}

/** "joy 0.91, love 0.62", or "LABEL_0 3.71": nodes with what holds in `bold(label)`. */
export function saidOf(head, values, strings, bold = (text) => h("strong", { dir: "auto", text })) {
  const shown = scores(values, head.function),
    found = held(head, values);
  if (!found.length) return [strings.no_label];
  const some = found
    .slice(0, MOST)
    .flatMap((i, k) => [k ? ", " : "", bold(head.labels[i]), ` ${shown[i]}`]);
  return found.length > MOST ? [...some, ` … (${found.length})`] : some;
}
