/** C = A·B for f32 matrices. */
import { defineOperation } from '../../src/kernel/operation.js';
import { productAnswer } from '../lib/answer.js';
import { decode, floatCases, gemmSweep, prefill, squares, tallAndSkinny } from '../lib/gemm-cases.js';
import { type GemmShape, gemmBindings, gemmParameters } from '../lib/gemm-shape.js';

export const gemmF32 = defineOperation<GemmShape>({
  id: 'gemm-f32',
  title: 'GEMM f32',
  summary: 'C = A·B, with A m×k, B k×n and C m×n in f32, row-major.',
  parameters: gemmParameters,
  bindings: gemmBindings('f32'),
  inputs: ({ m, n, k }, random) => ({ A: random.values(m * k), B: random.values(k * n) }),
  reference: ({ A, B }, shape, pick) => productAnswer({ a: A!, b: B! }, shape, pick),
  cost: ({ m, n, k }) => ({
    operations: { fma32: m * n * k },
    nominal: 2 * m * n * k,
    bytesRead: 4 * (m * k + k * n),
    bytesWritten: 4 * m * n,
  }),
  cases: floatCases,
  presets: [...squares, prefill, decode, tallAndSkinny, { title: 'Long K', shape: { m: 64, n: 64, k: 16384 } }],
  sweep: gemmSweep,
});
