/** C = A·Ŵᵀ for f32 activations and 4-bit weights. */
import { defineOperation } from '../../src/kernel/operation.js';
import { gemmCases, gemmPresets, gemmSweep } from '../lib/int4/shapes.js';
import { type Int4GemmShape, int4Buffers, int4Codec } from '../lib/int4/weights.js';
import { weightCost, weightInputs, weightReference, weightSignature, weightUnquantized } from '../lib/weight-only.js';

const form = { weights: int4Buffers, activation: 'f32', product: 'gemm' } as const;

export const gemmInt4 = defineOperation<Int4GemmShape>({
  id: 'gemm-int4',
  title: 'GEMM int4',
  summary: 'C = A·Ŵᵀ in f32, with W n×k in 4-bit codes and a scale per group along k (W4A32).',
  ...weightSignature<Int4GemmShape>(form),
  inputs: weightInputs(form, int4Codec),
  reference: weightReference(form, int4Codec),
  unquantized: weightUnquantized(form),
  cost: weightCost(form, int4Codec),
  cases: gemmCases,
  presets: gemmPresets,
  sweep: gemmSweep,
});
