// Lines of any length in as many strokes as there are pixels, and marks that differ in shape.

/** Stroke numbers against numbers; where many fall on one pixel, from its lowest to its highest. */
export function stroke(context, count, xOf, yOf, { color, width = 2, dash = [], alpha = 1 }) {
  context.save();
  context.strokeStyle = color;
  context.lineWidth = width;
  context.globalAlpha = alpha;
  context.lineJoin = "round";
  context.setLineDash(dash);
  context.beginPath();
  let open = false,
    column = NaN,
    low = 0,
    high = 0,
    last = 0;
  const close = () => {
    if (Number.isNaN(column) || low === high) return;
    context.lineTo(column, low);
    context.lineTo(column, high);
    context.lineTo(column, last);
  };
  for (let k = 0; k < count; k++) {
    const y = yOf(k),
      x = xOf(k);
    if (!Number.isFinite(y) || !Number.isFinite(x)) continue;
    const pixel = count > 2000 ? Math.round(x) : x;
    if (pixel === column) {
      low = Math.min(low, y);
      high = Math.max(high, y);
      last = y;
      continue;
    }
    close();
    if (open) context.lineTo(pixel, y);
    else context.moveTo(pixel, y);
    open = true;
    column = pixel;
    low = high = last = y;
  }
  close();
  context.stroke();
  context.restore();
}

/** A filled circle, a hollow diamond or a star. */
export function mark(context, x, y, shape, color, paper, size = 4) {
  context.save();
  context.setLineDash([]);
  context.beginPath();
  if (shape === "circle") context.arc(x, y, size, 0, 2 * Math.PI);
  else if (shape === "diamond") {
    const reach = size * 1.35;
    context.moveTo(x, y - reach);
    for (const [dx, dy] of [
      [reach, 0],
      [0, reach],
      [-reach, 0],
    ])
      context.lineTo(x + dx, y + dy);
    context.closePath();
  } else {
    for (let k = 0; k < 10; k++) {
      const reach = k % 2 ? size * 0.9 : size * 2.1,
        turn = (Math.PI * k) / 5 - Math.PI / 2;
      context.lineTo(x + reach * Math.cos(turn), y + reach * Math.sin(turn));
    }
    context.closePath();
  }
  context.lineWidth = 2;
  context.strokeStyle = shape === "circle" ? paper : color;
  context.fillStyle = shape === "diamond" ? paper : color;
  if (shape === "circle") {
    context.lineWidth = 1.5;
    context.stroke();
    context.fill();
  } else {
    context.fill();
    context.stroke();
  }
  context.restore();
}

/** Exponential moving average, corrected for its start; gaps stay gaps. */
export function smoothed(values, count, weight) {
  const found = new Float32Array(count);
  let mean = 0,
    trust = 0;
  for (let k = 0; k < count; k++) {
    if (Number.isFinite(values[k])) {
      mean = weight * mean + (1 - weight) * values[k];
      trust = weight * trust + (1 - weight);
      found[k] = mean / trust;
    } else found[k] = NaN;
  }
  return found;
}
