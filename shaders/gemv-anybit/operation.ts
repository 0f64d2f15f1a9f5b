/** y = Ŵ·x for weights of any width from 1 to 8 bits. */
import { defineOperation } from '../../src/kernel/operation.js';
import { gemvCases, gemvPresets, gemvSweep } from '../lib/any-bit/shapes.js';
import { type AnyBitShape, anyBitBuffers, anyBitCodec } from '../lib/any-bit/weights.js';
import { weightCost, weightInputs, weightReference, weightSignature, weightUnquantized } from '../lib/weight-only.js';

const form = { weights: anyBitBuffers, activation: 'f32', product: 'gemv' } as const;

export const gemvAnyBit = defineOperation<AnyBitShape>({
  id: 'gemv-anybit',
  title: 'GEMV, weights of 1 to 8 bits',
  summary: 'y = Ŵ·x in f32, with W n×k in unsigned, signed or small-float codes of any width, densely packed.',
  ...weightSignature<AnyBitShape>(form),
  inputs: weightInputs(form, anyBitCodec),
  reference: weightReference(form, anyBitCodec),
  unquantized: weightUnquantized(form),
  cost: weightCost(form, anyBitCodec),
  cases: gemvCases,
  presets: gemvPresets,
  sweep: gemvSweep,
});
