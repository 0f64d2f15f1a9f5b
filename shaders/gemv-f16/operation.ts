/** y = W·x for an f16 matrix and vector, oriented as a weight matrix in LLM decode and added up in f32. */

import { defineOperation } from '../../src/kernel/operation.js';
import { decodeFloat16 } from '../../src/numerics/float16.js';
import { type GemvShape, gemvF32 } from '../gemv-f32/operation.js';
import { drawnProduct, productAnswer } from '../lib/answer.js';
import { halfCodes } from '../lib/f16-gemm.js';

export const gemvF16 = defineOperation<GemvShape>({
  id: 'gemv-f16',
  title: 'GEMV f16',
  summary: 'y[n] = Σ W[n][k]·x[k], with W n×k (row-major) and x in f16, products added in f32, and y in f32.',
  parameters: gemvF32.parameters,
  bindings: [
    { name: 'W', access: 'read', element: 'f16', length: ({ n, k }) => n * k, about: 'n × k, row-major' },
    { name: 'x', access: 'read', element: 'f16', length: ({ k }) => k, about: 'k' },
    { name: 'y', access: 'read_write', element: 'f32', length: ({ n }) => n, about: 'n' },
  ],
  inputs: ({ n, k }, random) => ({ W: halfCodes(random.values(n * k)), x: halfCodes(random.values(k)) }),
  reference: ({ W, x }, { n, k }, pick) => {
    const [a, b] = [Float32Array.from(W!, decodeFloat16), Float32Array.from(x!, decodeFloat16)];
    return productAnswer({ a, b }, { m: n, n: 1, k }, pick, 'y');
  },
  unquantized: ({ n, k }, random, pick) => drawnProduct({ m: n, n: 1, k }, random, pick, 'y'),
  cost: ({ n, k }) => ({
    operations: { fma32: n * k },
    nominal: 2 * n * k,
    bytesRead: 2 * (n * k + k),
    bytesWritten: 4 * n,
  }),
  cases: gemvF32.cases,
  presets: gemvF32.presets,
  sweep: gemvF32.sweep,
});
