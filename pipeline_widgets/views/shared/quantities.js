// How a head's numbers are named and written where they are looked at closely.

import { fixed, probabilities } from "./rounding.js";

/** All numbers with a third digit: shares of a whole together, others each for itself. */
export const finely = (head, values) =>
  head.function === "softmax" ? probabilities(values, 3) : values.map((value) => fixed(value, 3));

/** What a number of this label is called: "probability of “joy”", "score “similarity”". */
export const quantity = (head, strings) =>
  head.function === "none" ? strings.score_of : strings.probability_of;
