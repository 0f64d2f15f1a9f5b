/** C = A·B for matrices of signed 8-bit codes with a scale per row of A and per column of B. */

import { defineOperation } from '../../src/kernel/operation.js';
import { quantizeInt8, rowWords } from '../../src/numerics/int8.js';
import { unquantizedProduct } from '../lib/answer.js';
import { productBinding } from '../lib/gemm-shape.js';
import {
  granularityOf,
  type ScaledShape,
  scaledCases,
  scaledParameters,
  scaledPresets,
  scaledSweep,
  validScales,
} from '../lib/int8-gemm/granularity.js';
import {
  drawOperands,
  exactSums,
  pack,
  quantizeColumns,
  scaledReference,
  unpackSigned,
} from '../lib/int8-gemm/reference.js';
import { codes, exactUpTo, quad } from '../lib/int8-gemm/shapes.js';
import { allOf } from '../lib/valid.js';

export const gemmInt8 = defineOperation<ScaledShape>({
  id: 'gemm-int8',
  title: 'GEMM int8, symmetric',
  summary: 'C[i][j] = sA[i]·sB[j]·Σ qA[i][p]·qB[p][j], with codes −127 … 127 and an exact 32-bit sum (W8A8).',
  parameters: scaledParameters,
  bindings: [
    codes('A'),
    { name: 'scalesA', access: 'read', element: 'f32', length: ({ m }) => m, about: 'one per row of A' },
    codes('B'),
    { name: 'scalesB', access: 'read', element: 'f32', length: ({ n }) => n, about: 'one per column of B' },
    productBinding,
  ],
  valid: (shape) => allOf(validScales(shape), exactUpTo(127)(shape)),
  inputs: (shape, random) => {
    const { a, b } = drawOperands(shape, random);
    const quantizedA = quantizeInt8(a, { rows: shape.m, columns: shape.k }, granularityOf(shape));
    const quantizedB = quantizeColumns(b, shape, granularityOf(shape));
    return {
      codesA: pack(quantizedA),
      scalesA: quantizedA.scales,
      codesB: pack(quantizedB),
      scalesB: quantizedB.scales,
    };
  },
  reference: ({ codesA, scalesA, codesB, scalesB }, shape, pick) => {
    const { m, n, k } = shape;
    const rows = pick(m);
    const a = unpackSigned(codesA, { rows: m, columns: k });
    const b = unpackSigned(codesB, { rows: n, columns: k });
    return scaledReference(exactSums(a, b, shape, rows), scalesA!, scalesB!, rows, 3);
  },
  unquantized: (shape, random, pick) => unquantizedProduct(drawOperands(shape, random), shape, pick),
  cost: ({ m, n, k }) => ({
    operations: { dot4: m * n * Math.ceil(k / 4), mul32: 2 * m * n },
    nominal: 2 * m * n * k,
    bytesRead: 4 * (m + n) * (rowWords(k, quad) + 1),
    bytesWritten: 4 * m * n,
  }),
  cases: scaledCases,
  presets: scaledPresets,
  sweep: scaledSweep,
});
