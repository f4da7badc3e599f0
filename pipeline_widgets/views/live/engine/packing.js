// Arrays as views read them (shared/array.js): what packing.py does in Python.

const NAMES = { Float32Array: "float32", Int32Array: "int32", Uint8Array: "uint8" };

/** A typed array of its own as the view decodes it. */
export const packed = (values, shape, scale = 1) => ({
  data: new DataView(values.buffer, values.byteOffset, values.byteLength),
  dtype: NAMES[values.constructor.name],
  shape,
  scale,
});

/** `size` numbers of each vector, evenly spaced: (rows, width) becomes (rows, size). */
export function strip(values, rows, width, size) {
  const step = Math.max(1, Math.floor(width / size)),
    kept = Math.min(size, Math.ceil(width / step));
  const made = new Float32Array(rows * kept);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < kept; k++) made[row * kept + k] = values[row * width + k * step];
  return { values: made, size: kept };
}

/** Rounded to two decimals, a half away from zero. */
export const hundredths = (values) =>
  values.map((value) =>
    Math.fround(Math.sign(value) * Math.floor(Math.abs(value) * 100 + 0.5) * 0.01),
  );

export const clamp = (index, length) => Math.max(0, Math.min(index, length - 1));
