/** C = A·B for f16 matrices, added up in f32. */

import { defineOperation } from '../../src/kernel/operation.js';
import { drawnProduct } from '../lib/answer.js';
import { halfAnswer, halfBytes, halfInputs, halfPresets } from '../lib/f16-gemm.js';
import { floatCases, gemmSweep } from '../lib/gemm-cases.js';
import { type GemmShape, gemmBindings, gemmParameters } from '../lib/gemm-shape.js';

export const gemmF16 = defineOperation<GemmShape>({
  id: 'gemm-f16',
  title: 'GEMM f16',
  summary: 'C = A·B, with A m×k and B k×n in f16, products added in f32, and C m×n in f32, row-major.',
  parameters: gemmParameters,
  bindings: gemmBindings('f16'),
  inputs: halfInputs,
  reference: (inputs, shape, pick) => halfAnswer(inputs, shape, pick),
  unquantized: drawnProduct,
  cost: (shape) => ({
    operations: { fma32: shape.m * shape.n * shape.k },
    nominal: 2 * shape.m * shape.n * shape.k,
    ...halfBytes(shape),
  }),
  cases: floatCases,
  presets: halfPresets,
  sweep: gemmSweep,
});
