/** C = A·Ŵᵀ for f32 activations and 4-bit weights. */
import { gemmCases, gemmPresets, gemmSweep } from '../lib/int4/shapes.js';
import { type Int4GemmShape, int4Weights } from '../lib/int4/weights.js';
import { weightOnly } from '../lib/weight-only.js';

export const gemmInt4 = weightOnly<Int4GemmShape>({
  id: 'gemm-int4',
  title: 'GEMM int4',
  summary: 'C = A·Ŵᵀ in f32, with W n×k in 4-bit codes and a scale per group along k (W4A32).',
  weights: int4Weights,
  activation: 'f32',
  product: 'gemm',
  cases: gemmCases,
  presets: gemmPresets,
  sweep: gemmSweep,
});
