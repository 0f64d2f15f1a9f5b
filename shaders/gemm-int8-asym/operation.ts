/** C = A·B for matrices of unsigned 8-bit codes with scale and zero point per row of A and per column of B. */

import { type Binding, defineOperation } from '../../src/kernel/operation.js';
import { type AsymmetricInt8, packCodes, quantizeUint8, rowWords, unpackCodes } from '../../src/numerics/int8.js';
import { transpose } from '../../src/numerics/transpose.js';
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
import { drawOperands, exactSums, scaledReference } from '../lib/int8-gemm/reference.js';
import { codes, exactUpTo, quad } from '../lib/int8-gemm/shapes.js';
import { allOf } from '../lib/valid.js';

function affine(operand: 'A' | 'B'): Binding<ScaledShape> {
  const [size, line] = operand === 'A' ? (['m', 'row'] as const) : (['n', 'column'] as const);
  return {
    name: `affine${operand}`,
    access: 'read',
    element: 'u32',
    length: (shape) => 3 * shape[size],
    about: `three words per ${line} of ${operand}: bits of the f32 scale, zero point, sum of the codes`,
  };
}

/** Scale, zero point and sum of codes of each row, as WGSL's struct `Affine`. */
function packAffine({ rows, columns, scales, zeroPoints, codes: all }: AsymmetricInt8): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(3 * rows);
  const floats = new Float32Array(words.buffer);
  for (let row = 0; row < rows; row++) {
    floats[3 * row] = scales[row]!;
    words[3 * row + 1] = zeroPoints[row]!;
    words[3 * row + 2] = all.subarray(row * columns, (row + 1) * columns).reduce((sum, code) => sum + code, 0);
  }
  return words;
}

/** Codes less their zero points, and the scales. */
function unpackAffine(words: Uint32Array, affineWords: Uint32Array, rows: number, columns: number) {
  const floats = new Float32Array(affineWords.buffer, affineWords.byteOffset);
  const shifted = Int32Array.from(unpackCodes(words, { rows, columns }, quad));
  for (let i = 0; i < shifted.length; i++) shifted[i]! -= affineWords[3 * Math.floor(i / columns) + 1]!;
  return { shifted, scales: Float32Array.from({ length: rows }, (_, row) => floats[3 * row]!) };
}

export const gemmInt8Asym = defineOperation<ScaledShape>({
  id: 'gemm-int8-asym',
  title: 'GEMM int8, asymmetric',
  summary: 'C[i][j] = sA[i]·sB[j]·Σ (qA[i][p] − zA[i])·(qB[p][j] − zB[j]), with codes 0 … 255 and an exact 32-bit sum.',
  parameters: scaledParameters,
  bindings: [codes('A'), affine('A'), codes('B'), affine('B'), productBinding],
  valid: (shape) => allOf(validScales(shape), exactUpTo(255)(shape)),
  inputs: (shape, random) => {
    const { m, n, k } = shape;
    const { a, b } = drawOperands(shape, random);
    const quantizedA = quantizeUint8(a, { rows: m, columns: k }, granularityOf(shape));
    const quantizedB = quantizeUint8(transpose(b, k, n), { rows: n, columns: k }, granularityOf(shape));
    return {
      codesA: packCodes(quantizedA.codes, quantizedA, quad),
      affineA: packAffine(quantizedA),
      codesB: packCodes(quantizedB.codes, quantizedB, quad),
      affineB: packAffine(quantizedB),
    };
  },
  reference: ({ codesA, affineA, codesB, affineB }, shape, pick) => {
    const { m, n, k } = shape;
    const rows = pick(m);
    const a = unpackAffine(codesA as Uint32Array, affineA as Uint32Array, m, k);
    const b = unpackAffine(codesB as Uint32Array, affineB as Uint32Array, n, k);
    return scaledReference(exactSums(a.shifted, b.shifted, shape, rows), a.scales, b.scales, rows, 3);
  },
  unquantized: (shape, random, pick) => unquantizedProduct(drawOperands(shape, random), shape, pick),
  cost: ({ m, n, k }) => ({
    operations: { dot4: m * n * Math.ceil(k / 4), imul: 4 * m * n, iadd: 3 * m * n, mul32: 2 * m * n },
    nominal: 2 * m * n * k,
    bytesRead: 4 * (m + n) * (rowWords(k, quad) + 3),
    bytesWritten: 4 * m * n,
  }),
  cases: scaledCases,
  presets: scaledPresets,
  sweep: scaledSweep,
});
