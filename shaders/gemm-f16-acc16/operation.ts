/** C = A·B for f16 matrices, added up in f16 for at most 32 products at a time. */

import { defineOperation } from '../../src/kernel/operation.js';
import { f16Roundoff } from '../../src/numerics/float16.js';
import { f32Roundoff, gamma } from '../../src/numerics/matmul.js';
import { drawnProduct } from '../lib/answer.js';
import { halfAnswer, halfBytes, halfInputs, halfPresets, smallestNormal } from '../lib/f16-gemm.js';
import { floatCases, gemmSweep } from '../lib/gemm-cases.js';
import { type GemmShape, gemmBindings, gemmParameters } from '../lib/gemm-shape.js';

/** Most products that any rung adds in f16 before it moves the sum to f32; the bound is made of it. */
export const longestChain = 32;

/**
 * A chain of p products in f16 is off by γ_p·Σ|a||b| with u = 2⁻¹¹, and the sum of the chains by γ_k with u = 2⁻²⁴. Each
 * product and each addition may besides lose what lies below the smallest normal f16.
 */
function boundOf(magnitude: number, k: number): number {
  const chain = gamma(Math.min(k, longestChain), f16Roundoff);
  const underflow = 2 * k * smallestNormal;
  return (magnitude * chain + underflow) * (1 + gamma(k, f32Roundoff)) + magnitude * gamma(k, f32Roundoff);
}

export const gemmF16Acc16 = defineOperation<GemmShape>({
  id: 'gemm-f16-acc16',
  title: 'GEMM f16, added in f16',
  summary: 'C = A·B in f16, with at most 32 products added in f16 before the sum moves to f32; C m×n in f32.',
  parameters: gemmParameters,
  bindings: gemmBindings('f16'),
  inputs: halfInputs,
  reference: (inputs, shape, pick) => halfAnswer(inputs, shape, pick, (sum) => boundOf(sum, shape.k)),
  unquantized: drawnProduct,
  cost: (shape) => ({
    operations: {
      fma16: shape.m * shape.n * shape.k,
      add32: shape.m * shape.n * Math.ceil(shape.k / longestChain),
    },
    nominal: 2 * shape.m * shape.n * shape.k,
    ...halfBytes(shape),
  }),
  cases: floatCases,
  presets: halfPresets,
  sweep: gemmSweep,
});
