/** C = A·B for f32 activations A, quantized on the device row by row, and 8-bit weights B. */

import { defineOperation } from '../../src/kernel/operation.js';
import { avoidTies, quantizeInt8, rowWords } from '../../src/numerics/int8.js';
import type { Random } from '../../src/numerics/random.js';
import { unquantizedProduct } from '../lib/answer.js';
import { gemmSweep } from '../lib/gemm-cases.js';
import type { GemmShape } from '../lib/gemm-shape.js';
import { gemmParameters, productBinding } from '../lib/gemm-shape.js';
import {
  drawOperands,
  exactSums,
  pack,
  quantizeColumns,
  scaledReference,
  unpackSigned,
} from '../lib/int8-gemm/reference.js';
import { cases, codes, exactUpTo, presets, quad } from '../lib/int8-gemm/shapes.js';

/** As `drawOperands`, with A clear of rounding ties, so that every device must find the same codes. */
function draw(shape: GemmShape, random: Random) {
  const { a, b } = drawOperands(shape, random);
  return { a: avoidTies(a, { rows: shape.m, columns: shape.k }), b };
}

export const gemmInt8Dynamic = defineOperation<GemmShape>({
  id: 'gemm-int8-dynamic',
  title: 'GEMM int8, activations quantized on the GPU',
  summary:
    'sA[i] = max|A[i]|/127, qA = round(A/sA), then C[i][j] = sA[i]·sB[j]·Σ qA[i][p]·qB[p][j], all on the device.',
  parameters: gemmParameters,
  bindings: [
    { name: 'A', access: 'read', element: 'f32', length: ({ m, k }) => m * k, about: 'm × k, row-major' },
    codes('B'),
    { name: 'scalesB', access: 'read', element: 'f32', length: ({ n }) => n, about: 'one per column of B' },
    productBinding,
  ],
  valid: exactUpTo(127),
  inputs: (shape, random) => {
    const { a, b } = draw(shape, random);
    const quantizedB = quantizeColumns(b, shape);
    return { A: a, codesB: pack(quantizedB), scalesB: quantizedB.scales };
  },
  reference: ({ A, codesB, scalesB }, shape, pick) => {
    const { m, n, k } = shape;
    const rows = pick(m);
    const quantizedA = quantizeInt8(A!, { rows: m, columns: k }, 'row');
    const b = unpackSigned(codesB, { rows: n, columns: k });
    return scaledReference(exactSums(quantizedA.codes, b, shape, rows), quantizedA.scales, scalesB!, rows, 4);
  },
  unquantized: (shape, random, pick) => unquantizedProduct(draw(shape, random), shape, pick),
  cost: ({ m, n, k }) => ({
    operations: { dot4: m * n * Math.ceil(k / 4), mul32: 2 * m * n + m * k },
    nominal: 2 * m * n * k,
    bytesRead: 4 * m * k + 4 * n * (rowWords(k, quad) + 1),
    bytesWritten: 4 * m * n,
  }),
  cases,
  presets,
  sweep: gemmSweep,
});
