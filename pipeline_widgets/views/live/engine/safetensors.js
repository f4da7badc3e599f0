// The safetensors format: the header's length (8 bytes), the header (JSON), the numbers.

const BYTES = { F16: 2, F32: 4 };

/**
 * The tensors of a file by name, as {type, shape, at, bytes}; `at` counts from the file's start.
 * The file has `size` bytes, from `start` of a buffer on.
 * Throws an Error with a sentence if the file is cut short or is none.
 */
export function tensorsOf(buffer, start = 0, size = buffer.byteLength) {
  const view = new DataView(buffer, start, size);
  const length = size < 8 ? Infinity : Number(view.getBigUint64(0, true));
  if (length > size - 8) throw new Error("The weights are not a whole file.");
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, start + 8, length)));
  const tensors = new Map();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [from, to] = data_offsets;
    const bytes = shape.reduce((product, size) => product * size, BYTES[dtype]);
    if (to - from !== bytes || 8 + length + to > size)
      throw new Error(`The weights are not whole: ${name} is cut short.`);
    tensors.set(name, { type: dtype, shape, at: 8 + length + from, bytes });
  }
  return tensors;
}
