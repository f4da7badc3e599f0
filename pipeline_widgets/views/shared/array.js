// Arrays from Python: `_wire.py` writes them, this reads them, nobody else touches bytes.

const TYPES = {
  float32: Float32Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  float16: Uint16Array,
};

function half(bits) {
  const exponent = (bits >> 10) & 31,
    fraction = bits & 1023,
    sign = bits >> 15 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Two numbers to a byte, the first in the upper half; a last one left over is dropped. */
function nibbles(bytes, shape) {
  const packed = new Uint8Array(bytes),
    count = shape.reduce((product, length) => product * length, 1),
    found = new Uint8Array(count);
  for (let k = 0; k < count; k++) found[k] = k % 2 ? packed[k >> 1] & 15 : packed[k >> 1] >> 4;
  return found;
}

/** The array `before` if it was decoded from the same bytes, else these anew; nothing of nothing. */
export function decodedAgain(packed, before) {
  return before && packed && same(packed, before.packed) ? before : packed && decode(packed);
}

const bytesOf = ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function same(one, other) {
  const [here, there] = [one, other].map(bytesOf);
  if (here.length !== there.length || one.dtype !== other.dtype) return false;
  if (one.scale !== other.scale || String(one.shape) !== String(other.shape)) return false;
  return here.every((byte, k) => byte === there[k]);
}

/**
 * @returns {{values: Float32Array, shape: number[], packed: object}} the numbers, with the scale
 * applied, and what they came from
 */
export function decode(packed) {
  const view = packed.data;
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength); // aligned
  const stored =
    packed.dtype === "uint4" ? nibbles(bytes, packed.shape) : new TYPES[packed.dtype](bytes);
  const values = new Float32Array(stored.length);
  const scale = packed.scale ?? 1;
  if (packed.dtype === "float16")
    for (let i = 0; i < stored.length; i++) values[i] = half(stored[i]) * scale;
  else for (let i = 0; i < stored.length; i++) values[i] = stored[i] * scale;
  return { values, shape: packed.shape, packed };
}

/** Row `index` of the first axis; the rows up to `end` as one array, one under the other. */
export function slice(array, index, end = index + 1) {
  const shape = array.shape.slice(1);
  const size = shape.reduce((product, length) => product * length, 1);
  return { values: array.values.subarray(index * size, end * size), shape };
}
