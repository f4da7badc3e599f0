// Where one weight comes from: q · k, divided by √d, softmax over the row, with the real numbers.

import { fill, h } from "../shared/dom.js";
import { prepare } from "../shared/canvas.js";
import { limit, strip } from "../shared/strips.js";
import { short, brief, fixed } from "../shared/rounding.js";

/** The scores q · k / √d of one query against all keys, and their softmax. */
export function derive({ query, key }, token) {
  const [count, size] = query.shape;
  const scores = new Float64Array(count);
  for (let j = 0; j < count; j++) {
    for (let k = 0; k < size; k++)
      scores[j] += query.values[token * size + k] * key.values[j * size + k];
  }
  const scaled = scores.map((score) => score / Math.sqrt(size));
  const most = Math.max(...scaled);
  const powers = scaled.map((score) => Math.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return { size, scores, scaled, powers, sum, most, weights: powers.map((power) => power / sum) };
}

function vectorStrip(name, numbers, scale, most, meaning) {
  const canvas = h("canvas", {
    role: "img",
    "aria-label": `${name}: ${[...numbers]
      .slice(0, 6)
      .map((n) => short(n))
      .join(", ")} …`,
  });
  strip(prepare(canvas, 256, 16), scale, numbers, most, { x: 0, y: 0, width: 256, height: 16 });
  return [h("span", { class: "pw-step-name", title: meaning, text: name }), canvas];
}

/** The steps for the pair (token, key), as rows of a grid: name, picture, number. */
export function derivation({ vectors, token, key, panel, scale, strings, renormalised }) {
  const found = derive(vectors, token),
    { size } = found;
  const q = vectors.query.values.subarray(token * size, (token + 1) * size);
  const k = vectors.key.values.subarray(key * size, (key + 1) * size);
  const products = q.map((number, i) => number * k[i]);
  const most = Math.max(limit(q), limit(k));
  const row = (name, detail, result, kind = "", meaning = undefined) => [
    h("span", { class: "pw-step-name", title: meaning, text: name }),
    h("span", { class: "pw-mono pw-step-detail", text: detail }),
    h("span", { class: `pw-mono pw-step-result ${kind}`, text: result }),
  ];
  const terms = [...products]
    .slice(0, 3)
    .map((_number, i) => `${short(q[i])}·${short(k[i])}`)
    .join(" + ");
  const power = (j) => `e^${short(found.scaled[j] - found.most)}`;
  const order = [...found.weights.keys()]
    .sort((a, b) => found.weights[b] - found.weights[a])
    .slice(0, 3);
  const left = renormalised
    ? found.weights.reduce((sum, weight, j) => sum + (panel.special[j] ? 0 : weight), 0)
    : 1;
  const final = found.weights[key] / left;
  return h(
    "div",
    { class: "pw-derivation" },
    h("strong", { text: fill(strings.derive, { weight: fixed(final, 3) }) }),
    h(
      "div",
      { class: "pw-steps-grid" },
      vectorStrip(
        fill(strings.derive_query, { query: panel.shown[token] }),
        q,
        scale,
        most,
        strings.derive_query_meaning,
      ),
      h("span"),
      vectorStrip(fill(strings.derive_key, { key: panel.shown[key] }), k, scale, most),
      h("span"),
      row(strings.derive_product, `${terms} + …`, `= ${short(found.scores[key], 3)}`),
      row(
        fill(strings.derive_scaled, { size }),
        `${short(found.scores[key], 3)} ÷ ${fixed(Math.sqrt(size), 3)}`,
        `= ${short(found.scaled[key], 3)}`,
      ),
      row(
        strings.derive_softmax,
        `${power(key)} ÷ (${order.map(power).join(" + ")}${found.weights.length > 3 ? " + …" : ""}) = ${brief(found.powers[key])} ÷ ${brief(found.sum, 4)}`,
        `= ${fixed(found.weights[key], 3)}`,
        renormalised ? "" : "pw-derived",
        strings.derive_softmax_meaning,
      ),
      renormalised
        ? row(
            strings.derive_left,
            `${fixed(found.weights[key], 3)} ÷ ${fixed(left, 3)}`,
            `= ${fixed(final, 3)}`,
            "pw-derived",
          )
        : [],
    ),
  );
}
