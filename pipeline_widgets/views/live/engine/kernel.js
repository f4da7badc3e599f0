// The loops that take the time, over one stretch of memory, in WebAssembly.

const ADD_A_PRODUCT = [0xfd, 0xe6, 0x01, 0xfd, 0xe4, 0x01], // f32x4.mul, f32x4.add
  AT_ONCE = [0xfd, 0x85, 0x02, 0x01, 0x01, 0x01], // f32x4.relaxed_madd, and nothing
  GET = 0x20; // local.get, and which

/**
 * The kernel's bytes for browsers with relaxed SIMD: s + x y, of three locals, in one step where
 * the processor has it. For others these bytes are no module.
 */
export function fused(bytes) {
  const made = bytes.slice();
  for (let i = 6; i + 6 <= made.length; i++) {
    const gets = made[i - 6] === GET && made[i - 4] === GET && made[i - 2] === GET;
    if (!gets || ADD_A_PRODUCT.some((byte, k) => byte !== made[i + k])) continue;
    made.copyWithin(i - 6, i - 4, i); // x, y and then s
    made.set([GET, bytes[i - 5], ...AT_ONCE], i - 2);
  }
  return made;
}

/**
 * What kernel.wat exports, over `pages` of 64 KiB.
 * @param {WebAssembly.Module} module it, compiled
 * @param {number} pages
 */
export async function fastKernel(module, pages) {
  const memory = new WebAssembly.Memory({ initial: pages });
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return { buffer: memory.buffer, ...exports };
}
