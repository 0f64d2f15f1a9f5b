/** y = Ŵ·x for weights of any width from 1 to 8 bits. */
import { gemvCases, gemvPresets, gemvSweep } from '../lib/any-bit/shapes.js';
import { type AnyBitShape, anyBitWeights } from '../lib/any-bit/weights.js';
import { weightOnly } from '../lib/weight-only.js';

export const gemvAnyBit = weightOnly<AnyBitShape>({
  id: 'gemv-anybit',
  title: 'GEMV, weights of 1 to 8 bits',
  summary: 'y = Ŵ·x in f32, with W n×k in unsigned, signed or small-float codes of any width, densely packed.',
  weights: anyBitWeights,
  activation: 'f32',
  product: 'gemv',
  cases: gemvCases,
  presets: gemvPresets,
  sweep: gemvSweep,
});
