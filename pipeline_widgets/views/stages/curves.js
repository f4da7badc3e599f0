// Attention as curves: from each token below (the one that looks) to those above (looked at).

import { fixed } from "../shared/rounding.js";

const FAINTEST = 0.02;

/**
 * @param attention (T, T) weights; rows look
 * @param boxes x and width of each token
 * @param chosen the token whose row stands out
 */
export function curves(context, attention, boxes, height, chosen, { accent, quiet, text }) {
  const count = attention.shape[0];
  const middle = (i) => boxes[i].x + boxes[i].width / 2;
  const draw = (query, key, _weight, color, alpha, width) => {
    context.strokeStyle = color;
    context.globalAlpha = alpha;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(middle(query), height - 2);
    context.bezierCurveTo(middle(query), height * 0.45, middle(key), height * 0.6, middle(key), 16);
    context.stroke();
  };
  const floor = Math.max(FAINTEST, 0.25 / Math.sqrt(count) - 0.05);
  for (let query = 0; query < count; query++) {
    if (query === chosen) continue;
    for (let key = 0; key < count; key++) {
      const weight = attention.values[query * count + key];
      if (weight >= floor) draw(query, key, weight, quiet, 0.08 + 0.3 * weight, 0.6 + 1.4 * weight);
    }
  }
  context.textAlign = "center";
  context.font = "600 11px system-ui, sans-serif";
  for (let key = 0; key < count; key++) {
    const weight = attention.values[chosen * count + key];
    if (weight >= FAINTEST)
      draw(chosen, key, weight, accent, 0.35 + 0.65 * weight, 1 + 4.5 * weight);
    if (weight >= 0.05) {
      context.globalAlpha = 1;
      context.fillStyle = text;
      context.fillText(fixed(weight), middle(key), 11);
    }
  }
  context.globalAlpha = 1;
}
