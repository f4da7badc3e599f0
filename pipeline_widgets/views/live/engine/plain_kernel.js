// The kernel in JavaScript, for browsers without WebAssembly SIMD.

/** What kernel.wat exports, over `pages` of 64 KiB. */
export function plainKernel(pages) {
  const buffer = new ArrayBuffer(pages * 65536);
  const numbers = new Float32Array(buffer),
    halves = new Uint16Array(buffer),
    bits = new Uint32Array(buffer);

  function pack(from, stride, rows, K, to, R) {
    for (let row = 0, at = to >> 2; row < rows; row += R)
      for (let k = 0; k < K; k += 4)
        for (let r = row; r < row + R; r++, at += 4) {
          const place = ((from + r * stride) >> 2) + k;
          numbers.copyWithin(at, place, place + 4);
        }
  }

  function product(a, b, bias, c, cStride, M, N, K) {
    for (let n = 0; n < N; n++) {
      const row = (b >> 2) + (n >> 1) * 2 * K + (n & 1) * 4,
        start = bias ? numbers[(bias >> 2) + n] : 0;
      for (let m = 0; m < M; m++) {
        const from = (a >> 2) + (m >> 2) * 4 * K + (m & 3) * 4;
        let sum = 0;
        for (let k = 0; k < K; k += 4)
          for (let i = 0; i < 4; i++) sum += numbers[from + 4 * k + i] * numbers[row + 2 * k + i];
        numbers[((c + m * cStride) >> 2) + n] = sum + start;
      }
    }
  }

  function widen(from, to, count) {
    for (let i = 0; i < count; i++) {
      const half = halves[(from >> 1) + i],
        at = (to >> 2) + i;
      bits[at] = (half & 0x7fff) << 13;
      numbers[at] *= half & 0x8000 ? -(2 ** 112) : 2 ** 112;
    }
  }

  function gelu(at, count) {
    for (let i = at >> 2; i < (at >> 2) + count; i++) {
      const x = numbers[i],
        size = Math.abs(x),
        t = 1 / (1 + 0.2316418883 * size);
      let tail = 0.5307027145 * t;
      for (const a of [-0.7265760135, 0.7107068705, -0.142248368, 0.127414796])
        tail = (tail + a) * t;
      numbers[i] = Math.max(x, 0) - tail * size * Math.exp(-0.5 * size * size);
    }
  }

  return { buffer, pack, product, widen, gelu };
}
