/** C = A·Ŵᵀ for weights of any width from 1 to 8 bits. */
import { defineOperation } from '../../src/kernel/operation.js';
import { gemmCases, gemmPresets, gemmSweep } from '../lib/any-bit/shapes.js';
import { type AnyGemmShape, anyBitBuffers, anyBitCodec } from '../lib/any-bit/weights.js';
import { weightCost, weightInputs, weightReference, weightSignature, weightUnquantized } from '../lib/weight-only.js';

const form = { weights: anyBitBuffers, activation: 'f32', product: 'gemm' } as const;

export const gemmAnyBit = defineOperation<AnyGemmShape>({
  id: 'gemm-anybit',
  title: 'GEMM, weights of 1 to 8 bits',
  summary: 'C = A·Ŵᵀ in f32, with W n×k in unsigned, signed or small-float codes of any width, densely packed.',
  ...weightSignature<AnyGemmShape>(form),
  inputs: weightInputs(form, anyBitCodec),
  reference: weightReference(form, anyBitCodec),
  unquantized: weightUnquantized(form),
  cost: weightCost(form, anyBitCodec),
  cases: gemmCases,
  presets: gemmPresets,
  sweep: gemmSweep,
});
