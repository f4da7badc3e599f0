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

const LIGHT = "#f7f7fb",
  DARK = "#20222b";
const WEIGHTS = {
  light: {
    roberta: ramp([LIGHT, "#a9b8e8", "#4b59c4", "#1b1464"]),
    distilbert: ramp([LIGHT, "#ecc296", "#b5651d", "#4f2900"]),
  },
  dark: {
    roberta: ramp([DARK, "#3d4a8f", "#8ea2f5", "#f2f4ff"]),
    distilbert: ramp([DARK, "#6b4a22", "#e0a05a", "#fff3e4"]),
  },
};
const SIGNED = {
  light: ramp(["#7e0068", "#c989bd", "#f6f6f8", "#8ccac5", "#15938c"]),
  dark: ramp(["#e58fda", "#7d3a72", "#23252e", "#256f67", "#55e6d0"]),
};
const DIFFERENCES = {
  light: ramp(["#3f4fc4", "#a9b2ea", "#f6f6f8", "#dfb387", "#9a5200"]),
  dark: ramp(["#a5b1ff", "#525c9c", "#23252e", "#8a6233", "#f2b06c"]),
};

/** Whose colour a model has: one family's models look alike in every view. */
export const hue = (architecture) => (architecture === "distilbert" ? "distilbert" : "roberta");

/** The hue of a model of which only the name is known. */
export const hueOfName = (name) => (/distil/i.test(name) ? "distilbert" : "roberta");

/** The hues of panels side by side: of one family, the second takes the other. */
export function hues(panels) {
  const first = hue(panels[0].architecture);
  return panels.map((_, index) => (index ? OTHER[first] : first));
}
const OTHER = { roberta: "distilbert", distilbert: "roberta" };

const made = (theme, own) => ({
  weight: WEIGHTS[theme][own],
  signed: SIGNED[theme],
  difference: own === "roberta" ? DIFFERENCES[theme] : [...DIFFERENCES[theme]].reverse(),
});
const both = (own) => ({ light: made("light", own), dark: made("dark", own) });
const SCALES = { roberta: both("roberta"), distilbert: both("distilbert") };

/**
 * The scales of a theme for a model of this architecture: `weight` for its weights, 0 to 1;
 * `signed` from minus to plus; `difference` from where it has more to where another model has.
 */
export function scales(dark, architecture = "roberta") {
  return SCALES[hue(architecture)][dark ? "dark" : "light"];
}

/** The colour of a weight in 0..1. */
export function weightColor(scale, weight) {
  return scale.weight[Math.min(255, Math.max(0, Math.round(weight * 255)))];
}

const place = (value, limit) =>
  Math.round(127.5 + 127.5 * (limit ? Math.max(-1, Math.min(1, value / limit)) : 0));

/** The colour of a signed number whose largest magnitude is `limit`. */
export const signedColor = (scale, value, limit) => scale.signed[place(value, limit)];

/** The colour of the second model's number less the first's. */
export const differenceColor = (scale, value, limit) => scale.difference[place(value, limit)];

export const css = ([r, g, b], alpha = 1) => `rgba(${r},${g},${b},${alpha})`;
