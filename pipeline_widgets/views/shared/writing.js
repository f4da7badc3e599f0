// Other ways to write a number, each made of what `rounding.js` writes.

import { fixed } from "./rounding.js";

/** `value` with its sign, always: "−0.12", "+0.03"; "0" for what is shown as nothing. */
export function signed(value, digits = 2) {
  const text = fixed(value, digits);
  if (Number(text.replace("−", "-")) === 0) return "0";
  return value < 0 ? text : `+${text}`;
}

/** A part of a whole as a percentage: 0.123 is "12 %". */
export const share = (part, digits = 0) => `${fixed(100 * part, digits)} %`;

/** At most two decimals, and none that is zero: "0.5", "1", "0.67". */
export const trimmed = (value) => fixed(value).replace(/\.?0+$/, "");
