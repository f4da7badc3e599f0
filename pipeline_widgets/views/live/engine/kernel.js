// The loops that take the time, over one stretch of memory, in WebAssembly.

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
