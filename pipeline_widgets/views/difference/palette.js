// The two sentences' colours: the new one moves away in teal, the pinned one comes back in plum.

import { ramp } from "../shared/color.js";

const PALETTES = {
  light: {
    spread: ramp(["#f5f6fa", "#a5dad3", "#2f9287", "#0a403a"]),
    share: ramp(["#f5f6fa", "#e9b8d6", "#b0508f", "#570f40"]),
    against: ramp(["#f5f6fa", "#b9bdc9", "#6d7386"]),
  },
  dark: {
    spread: ramp(["#23252e", "#1f5a54", "#4fb3a6", "#d6fff8"]),
    share: ramp(["#23252e", "#6b2d56", "#c869a5", "#ffe2f4"]),
    against: ramp(["#23252e", "#545a6b", "#9aa0b2"]),
  },
};

export const palette = (dark) => (dark ? PALETTES.dark : PALETTES.light);

const step = (ramp, part) => ramp[Math.round(255 * Math.max(0, Math.min(1, part)))];

/** The colour of a distance in 0 … 2. */
export const spreadColor = (colors, value) => step(colors.spread, value / 2);

/** The colour of a share: plum for what comes back, grey for what goes further away. */
export const shareColor = (colors, value) =>
  value < 0 ? step(colors.against, -value) : step(colors.share, value);

/** A bar from one end of a scale to the other, with both ends named. */
export function gradient(colors) {
  const stops = [0, 0.25, 0.5, 0.75, 1].map((part) => `rgb(${step(colors, part).join(" ")})`);
  return `background:linear-gradient(to right, ${stops.join(", ")})`;
}
