/** y = Ŵ·x for 4-bit weights and f32 activations. */
import { defineOperation } from '../../src/kernel/operation.js';
import { gemvCases, gemvPresets, gemvSweep } from '../lib/int4/shapes.js';
import { type Int4Shape, int4Buffers, int4Codec } from '../lib/int4/weights.js';
import { weightCost, weightInputs, weightReference, weightSignature, weightUnquantized } from '../lib/weight-only.js';

const form = { weights: int4Buffers, activation: 'f32', product: 'gemv' } as const;

export const gemvInt4 = defineOperation<Int4Shape>({
  id: 'gemv-int4',
  title: 'GEMV int4',
  summary: 'y = Ŵ·x in f32, with W n×k in 4-bit codes and a scale per group along k (W4A32).',
  ...weightSignature<Int4Shape>(form),
  inputs: weightInputs(form, int4Codec),
  reference: weightReference(form, int4Codec),
  unquantized: weightUnquantized(form),
  cost: weightCost(form, int4Codec),
  cases: gemvCases,
  presets: gemvPresets,
  sweep: gemvSweep,
});
