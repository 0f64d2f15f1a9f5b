/** C = A·Ŵᵀ for f16 activations and 4-bit weights. */
import { gemmCases, gemmPresets, gemmSweep } from '../lib/int4/shapes.js';
import { type Int4GemmShape, int4Weights } from '../lib/int4/weights.js';
import { weightOnly } from '../lib/weight-only.js';

export const gemmInt4F16 = weightOnly<Int4GemmShape>({
  id: 'gemm-int4-f16',
  title: 'GEMM int4, f16 activations',
  summary: 'C = A·Ŵᵀ with A and C in f16 and sums in f32, W n×k in 4-bit codes and a scale per group along k (W4A16).',
  weights: int4Weights,
  activation: 'f16',
  product: 'gemm',
  cases: gemmCases,
  presets: gemmPresets,
  sweep: gemmSweep,
});
