// One number, one rounding: how every view writes a number. `rounding.py` writes the same letters.

const MOST_DIGITS = 4;

/** `value` with `digits` decimals; a half goes away from zero, nothing is "−0.00". */
export function fixed(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) ? `−${text}` : text;
}

/** `digits` significant digits and no zeros after them: "0.0123", "12", "3400", "5e−5". */
export function brief(value, digits = 3) {
  const rounded = Number(value.toPrecision(digits));
  const small = rounded !== 0 && Math.abs(rounded) < 0.001;
  return (small ? rounded.toExponential() : String(rounded)).replaceAll("-", "−");
}

/** Wide enough for every number in the picture: "0.98", "−2.31", "7e−4". */
export function short(value, digits = 2) {
  if (value !== 0 && Math.abs(value) < 0.5 * 10 ** -digits) {
    return value.toExponential(0).replaceAll("-", "−");
  }
  return fixed(value, digits);
}

const whole = (value, digits) => Math.floor(value * 10 ** digits + 0.5) >= 10 ** digits;

/**
 * Each of `values` with `digits` decimals, such that what is shown sums to 1: the largest remainders
 * are rounded up. More decimals, up to four, where these would call a number 1 that is less. Values
 * that do not sum to 1 are no distribution: each is rounded alone.
 */
export function probabilities(values, digits = 2) {
  const numbers = Array.from(values);
  while (digits < MOST_DIGITS && numbers.some((one) => one < 1 && whole(one, digits))) digits += 1;
  const sum = numbers.reduce((total, one) => total + one, 0);
  if (!(Math.abs(sum - 1) <= 1e-3)) return numbers.map((one) => fixed(one, digits));
  const units = 10 ** digits;
  const floors = numbers.map((one) => Math.floor(one * units));
  const order = [...numbers.keys()].sort(
    (a, b) => floors[a] - numbers[a] * units - (floors[b] - numbers[b] * units),
  );
  const left = units - floors.reduce((total, one) => total + one, 0);
  for (const k of order.slice(0, left)) floors[k] += 1;
  return floors.map((floor) => fixed(floor / units, digits));
}

/** A head's answers: `probabilities` of a softmax, else each number for itself. */
export function scores(values, kind = "softmax") {
  if (kind === "softmax") return probabilities(values);
  return Array.from(values, (value) => (kind === "sigmoid" ? alone(value) : fixed(value)));
}

function alone(value) {
  let digits = 2;
  while (digits < MOST_DIGITS && value < 1 && whole(value, digits)) digits += 1;
  return fixed(value, digits);
}

/** What `probabilities` shows, as a percentage: "0.66" is "66 %", "0.997" is "99.7 %". */
export function percent(shown) {
  const digits = shown.split(".")[1]?.length ?? 0;
  return `${fixed(100 * Number(shown), Math.max(0, digits - 2))} %`;
}
