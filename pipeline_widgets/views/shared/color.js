// Colour scales, even in perceived lightness (interpolated in OKLab), one for light, one for dark.

const toLinear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const toGamma = (c) => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);

function oklab(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => toLinear(parseInt(hex.slice(i, i + 2), 16) / 255));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function rgb([L, a, b]) {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((c) => Math.round(255 * Math.min(1, Math.max(0, toGamma(c)))));
}

/** 256 colours through `stops` (hex), as [r, g, b] each. */
export function ramp(stops) {
  const points = stops.map(oklab);
  return Array.from({ length: 256 }, (_, step) => {
    const at = (step / 255) * (points.length - 1);
    const from = Math.min(points.length - 2, Math.floor(at)),
      part = at - from;
    return rgb(points[from].map((value, i) => value + part * (points[from + 1][i] - value)));
  });
}

const SCALES = {
  light: {
    weight: ramp(["#f7f7fb", "#a9b8e8", "#4b59c4", "#1b1464"]),
    signed: ramp(["#b35806", "#f0b77d", "#f6f6f8", "#8fb3dd", "#2c5aa0"]),
    difference: ramp(["#3f4fc4", "#aab3ea", "#f6f6f8", "#dfba90", "#9a5200"]), // the two models'
  },
  dark: {
    weight: ramp(["#20222b", "#3d4a8f", "#8ea2f5", "#f2f4ff"]),
    signed: ramp(["#f2a65a", "#8a5426", "#23252e", "#345a92", "#7fb2f5"]),
    difference: ramp(["#a5b1ff", "#535a90", "#23252e", "#7b5a37", "#f2b06c"]),
  },
};

export function scales(dark) {
  return dark ? SCALES.dark : SCALES.light;
}

/** The colour of a weight in 0..1. */
export function weightColor(scale, weight) {
  return scale.weight[Math.min(255, Math.max(0, Math.round(weight * 255)))];
}

/** The colour of a signed number whose largest magnitude is `limit`. */
export function signedColor(scale, value, limit) {
  const part = limit ? Math.max(-1, Math.min(1, value / limit)) : 0;
  return scale.signed[Math.round(127.5 + 127.5 * part)];
}

/** The colour of the second model's number less the first's: that of the one that has more. */
export function differenceColor(scale, value, limit) {
  const part = limit ? Math.max(-1, Math.min(1, value / limit)) : 0;
  return scale.difference[Math.round(127.5 + 127.5 * part)];
}

export const css = ([r, g, b], alpha = 1) => `rgba(${r},${g},${b},${alpha})`;
