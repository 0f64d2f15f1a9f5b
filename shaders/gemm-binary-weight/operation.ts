/** C = columnScale · (A · signs of B) for f32 activations and packed binary weights. */

import { defineOperation } from '../../src/kernel/operation.js';
import { binarize, packSigns, unpackSigns, wordsOf } from '../../src/numerics/binary.js';
import { drawnProduct } from '../lib/answer.js';
import {
  bitGemmCases,
  bitGemmParameters,
  bitGemmPresets,
  bitGemmSweep,
  columnScaleBinding,
  rightSize,
  scaledSums,
  signsBinding,
} from '../lib/bit-gemm.js';
import { type GemmShape, leftBinding, productBinding } from '../lib/gemm-shape.js';

export const gemmBinaryWeight = defineOperation<GemmShape>({
  id: 'gemm-binary-weight',
  title: 'GEMM binary weights',
  summary: 'C = β·Σ ±A: f32 activations added or subtracted as the sign of each weight says, a scale per column.',
  parameters: bitGemmParameters,
  bindings: [leftBinding('f32'), signsBinding, productBinding, columnScaleBinding],
  inputs: (shape, random) => {
    const A = random.values(shape.m * shape.k);
    const b = binarize(random.values(shape.k * shape.n), rightSize(shape), 'right');
    const B = packSigns(b.codes, rightSize(shape), 'right', () => random.below(2 ** 32));
    return { A, B, columnScale: b.scales };
  },
  reference: ({ A, B, columnScale }, shape, pick) => {
    const signs = unpackSigns(B as Uint32Array, rightSize(shape), 'right');
    return [scaledSums(A!, signs, columnScale!, shape, pick)];
  },
  unquantized: drawnProduct,
  cost: ({ m, n, k }) => ({
    // Per term an exclusive or with the sign bit and an addition; per element a scale.
    operations: { bit: m * n * k, add32: m * n * k, mul32: m * n },
    nominal: 2 * m * n * k,
    bytesRead: 4 * (m * k + wordsOf(k) * n + n),
    bytesWritten: 4 * m * n,
  }),
  cases: bitGemmCases,
  presets: bitGemmPresets,
  sweep: bitGemmSweep,
});
