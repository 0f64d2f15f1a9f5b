/** C = A·B for f16 matrices, added up in f32. */

import { defineOperation } from '../../src/kernel/operation.js';
import { f32Roundoff, gamma } from '../../src/numerics/matmul.js';
import { drawnProduct } from '../lib/answer.js';
import {
  bindings,
  bytes,
  cases,
  exactRows,
  type GemmShape,
  inputs,
  parameters,
  presets,
  sweep,
} from '../lib/f16-gemm.js';

export const gemmF16 = defineOperation<GemmShape>({
  id: 'gemm-f16',
  title: 'GEMM f16',
  summary: 'C = A·B, with A m×k and B k×n in f16, products added in f32, and C m×n in f32, row-major.',
  parameters,
  bindings,
  inputs,
  reference: (buffers, shape, pick) => {
    const rows = pick(shape.m);
    const { values, magnitudes } = exactRows(buffers, shape, rows);
    const factor = gamma(shape.k, f32Roundoff);
    return [{ output: 'C', columns: shape.n, rows, values, bounds: magnitudes.map((sum) => sum * factor) }];
  },
  unquantized: drawnProduct,
  cost: (shape) => ({
    operations: { fma32: shape.m * shape.n * shape.k },
    nominal: 2 * shape.m * shape.n * shape.k,
    ...bytes(shape),
  }),
  cases,
  presets,
  sweep,
});
