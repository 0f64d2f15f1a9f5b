/** y = Ŵ·x for 4-bit weights and f32 activations. */

import { gemvCases, gemvPresets, gemvSweep } from '../lib/int4/shapes.js';
import { type Int4Shape, int4Weights } from '../lib/int4/weights.js';
import { weightOnly } from '../lib/weight-only.js';

export const gemvInt4 = weightOnly<Int4Shape>({
  id: 'gemv-int4',
  title: 'GEMV int4',
  summary: 'y = Ŵ·x in f32, with W n×k in 4-bit codes and a scale per group along k (W4A32).',
  weights: int4Weights,
  activation: 'f32',
  product: 'gemv',
  cases: gemvCases,
  presets: gemvPresets,
  sweep: gemvSweep,
});
