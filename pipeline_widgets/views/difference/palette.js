// The two sentences' colours: the new one moves away in green, the pinned one comes back in violet.

import { ramp } from "../shared/color.js";

const PALETTES = {
  light: {
    spread: ramp(["#f5f6fa", "#c3dd9f", "#5f9a1f", "#1f3a00"]),
    share: ramp(["#f5f6fa", "#dcbcf2", "#9a4fd0", "#3d0a63"]),
    against: ramp(["#f5f6fa", "#b9bdc9", "#6d7386"]),
  },
  dark: {
    spread: ramp(["#23252e", "#3c5a17", "#86ba3f", "#eaffd0"]),
    share: ramp(["#23252e", "#5a2b80", "#b377e3", "#f6e6ff"]),
    against: ramp(["#23252e", "#545a6b", "#9aa0b2"]),
  },
};

export const palette = (dark) => (dark ? PALETTES.dark : PALETTES.light);

const step = (ramp, part) => ramp[Math.round(255 * Math.max(0, Math.min(1, part)))];

/** The colour of a distance in 0 … 2. */
export const spreadColor = (colors, value) => step(colors.spread, value / 2);

/** The colour of a share: violet for what comes back, grey for what goes further away. */
export const shareColor = (colors, value) =>
  value < 0 ? step(colors.against, -value) : step(colors.share, value);

/** A bar from one end of a scale to the other, with both ends named. */
export function gradient(colors) {
  const stops = [0, 0.25, 0.5, 0.75, 1].map((part) => `rgb(${step(colors, part).join(" ")})`);
  return `background:linear-gradient(to right, ${stops.join(", ")})`;
}
