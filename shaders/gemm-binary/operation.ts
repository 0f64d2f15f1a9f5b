/** C = rowScale · columnScale · (signs of A · signs of B), both packed 32 to a word. */

import { defineOperation } from '../../src/kernel/operation.js';
import { binarize, packSigns, unpackSigns, wordsOf } from '../../src/numerics/binary.js';
import { drawnProduct } from '../lib/answer.js';
import {
  bitGemmCases,
  bitGemmParameters,
  bitGemmPresets,
  bitGemmSweep,
  columnScaleBinding,
  leftSize,
  packedLeft,
  rightSize,
  rowScaleBinding,
  scaledIntegers,
  signsBinding,
} from '../lib/bit-gemm.js';
import { type GemmShape, productBinding } from '../lib/gemm-shape.js';

export const gemmBinary = defineOperation<GemmShape>({
  id: 'gemm-binary',
  title: 'GEMM binary',
  summary: 'C = α·β·(k − 2·popcount(A xor B)): the product of two sign matrices, with a scale per row and per column.',
  parameters: bitGemmParameters,
  bindings: [
    packedLeft(1, 'm × ⌈k/32⌉ words, bit 1 is +1'),
    signsBinding,
    productBinding,
    rowScaleBinding,
    columnScaleBinding,
  ],
  inputs: (shape, random) => {
    const a = binarize(random.values(shape.m * shape.k), leftSize(shape), 'left');
    const b = binarize(random.values(shape.k * shape.n), rightSize(shape), 'right');
    const padding = (): number => random.below(2 ** 32);
    return {
      A: packSigns(a.codes, leftSize(shape), 'left', padding),
      B: packSigns(b.codes, rightSize(shape), 'right', padding),
      rowScale: a.scales,
      columnScale: b.scales,
    };
  },
  reference: ({ A, B, rowScale, columnScale }, shape, pick) => {
    const a = unpackSigns(A as Uint32Array, leftSize(shape), 'left');
    const b = unpackSigns(B as Uint32Array, rightSize(shape), 'right');
    return [scaledIntegers([a, b], [rowScale!, columnScale!], shape, pick, 1)];
  },
  unquantized: drawnProduct,
  cost: ({ m, n, k }) => ({
    // Per word an exclusive or, a population count and an addition; per element two scales.
    operations: { bit: 2 * m * n * wordsOf(k), iadd: m * n * wordsOf(k), mul32: 2 * m * n },
    nominal: 2 * m * n * k,
    bytesRead: 4 * (m + n) * (wordsOf(k) + 1),
    bytesWritten: 4 * m * n,
  }),
  cases: bitGemmCases,
  presets: bitGemmPresets,
  sweep: bitGemmSweep,
});
