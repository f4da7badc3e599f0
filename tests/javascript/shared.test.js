// Drawings and layout without a browser: what a colour, a number, a tick and a curve must be.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ticks } from "../../pipeline_widgets/views/shared/axes.js";
import {
  differenceColor,
  scales,
  signedColor,
  weightColor,
} from "../../pipeline_widgets/views/shared/color.js";
import { fill } from "../../pipeline_widgets/views/shared/dom.js";
import { fixed, percent, probabilities } from "../../pipeline_widgets/views/shared/rounding.js";

const light = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

test("a larger weight is further from the paper, in both themes and families", () => {
  for (const dark of [false, true])
    for (const family of ["roberta", "distilbert"]) {
      const scale = scales(dark, family);
      const shades = [0, 0.25, 0.5, 0.75, 1].map((weight) => light(weightColor(scale, weight)));
      const sorted = [...shades].sort((a, b) => (dark ? a - b : b - a));
      assert.deepEqual(shades, sorted);
    }
});

test("minus is magenta, plus is green, and nothing is grey, in both themes", () => {
  for (const dark of [false, true]) {
    const [r, g, b] = signedColor(scales(dark), -1, 1);
    assert.ok(r > g && b > g, "minus");
    const [r2, g2] = signedColor(scales(dark), 1, 1);
    assert.ok(g2 > r2, "plus");
    const none = signedColor(scales(dark), 0, 1);
    assert.ok(Math.max(...none) - Math.min(...none) < 16, "nothing");
    assert.deepEqual(signedColor(scales(dark), 5, 1), signedColor(scales(dark), 1, 1));
  }
});

test("a difference has one model's colour at each end, whichever comes first", () => {
  const [one, two] = [scales(false, "roberta"), scales(false, "distilbert")];
  assert.deepEqual(differenceColor(one, 1, 1), differenceColor(two, -1, 1));
  assert.notDeepEqual(differenceColor(one, 1, 1), differenceColor(one, -1, 1));
});

test("shown probabilities sum to 1 and keep their order", () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  for (let trial = 0; trial < 300; trial++) {
    const raw = Array.from({ length: 2 + Math.floor(6 * random()) }, () => random() ** 3);
    const sum = raw.reduce((a, b) => a + b, 0);
    const values = raw.map((one) => one / sum);
    const shown = probabilities(values).map(Number);
    assert.ok(Math.abs(shown.reduce((a, b) => a + b, 0) - 1) < 1e-9);
    for (const [i, a] of values.entries())
      for (const [j, b] of values.entries()) if (a > b) assert.ok(shown[i] >= shown[j]);
  }
});

test("a number is written with a true minus and never as minus nothing", () => {
  assert.equal(fixed(-0.004), "0.00");
  assert.equal(fixed(-1.25, 1), "−1.3");
  assert.equal(percent("0.66"), "66 %");
  assert.equal(percent("0.997"), "99.7 %");
});

test("ticks are round, even, inside and about as many as asked for", () => {
  for (const [low, high] of [
    [0, 1],
    [0.13, 0.97],
    [-3, 42],
    [0, 1e-6],
  ])
    for (const count of [5, 8]) {
      const found = ticks(low, high, count);
      assert.ok(found.length >= 2 && found.length <= 2 * count + 1, `${low} ${high} ${count}`);
      assert.ok(found.every((one) => one >= low - 1e-12 && one <= high + 1e-12));
      const steps = found.slice(1).map((one, i) => one - found[i]);
      assert.ok(Math.max(...steps) - Math.min(...steps) < 1e-9 * (high - low));
    }
});

test("a template keeps what it has no value for", () => {
  assert.equal(fill("{count} of {all}", { count: 3 }), "3 of {all}");
});
