/** C = A·Ŵᵀ for weights of any width from 1 to 8 bits. */
import { gemmCases, gemmPresets, gemmSweep } from '../lib/any-bit/shapes.js';
import { type AnyBitGemmShape, anyBitWeights } from '../lib/any-bit/weights.js';
import { weightOnly } from '../lib/weight-only.js';

export const gemmAnyBit = weightOnly<AnyBitGemmShape>({
  id: 'gemm-anybit',
  title: 'GEMM, weights of 1 to 8 bits',
  summary: 'C = A·Ŵᵀ in f32, with W n×k in unsigned, signed or small-float codes of any width, densely packed.',
  weights: anyBitWeights,
  activation: 'f32',
  product: 'gemm',
  cases: gemmCases,
  presets: gemmPresets,
  sweep: gemmSweep,
});
