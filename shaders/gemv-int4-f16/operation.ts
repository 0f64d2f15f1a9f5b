/** y = Ŵ·x for 4-bit weights and f16 activations. */

import { gemvCases, gemvPresets, gemvSweep } from '../lib/int4/shapes.js';
import { type Int4Shape, int4Weights } from '../lib/int4/weights.js';
import { weightOnly } from '../lib/weight-only.js';

export const gemvInt4F16 = weightOnly<Int4Shape>({
  id: 'gemv-int4-f16',
  title: 'GEMV int4, f16 activations',
  summary: 'y = Ŵ·x with x and y in f16 and sums in f32, W n×k in 4-bit codes and a scale per group along k (W4A16).',
  weights: int4Weights,
  activation: 'f16',
  product: 'gemv',
  cases: gemvCases,
  presets: gemvPresets,
  sweep: gemvSweep,
});
