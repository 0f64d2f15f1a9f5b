/** C = columnScale · (A · codes of B) for f32 activations and ternary weights in two bit planes. */

import { defineOperation } from '../../src/kernel/operation.js';
import { packTwoBits, ternarize, unpackTwoBits, wordsOf } from '../../src/numerics/binary.js';
import { drawnProduct } from '../lib/answer.js';
import {
  bitGemmCases,
  bitGemmParameters,
  bitGemmPresets,
  bitGemmSweep,
  columnScaleBinding,
  rightSize,
  scaledSums,
  twoBitsBinding,
} from '../lib/bit-gemm.js';
import { type GemmShape, leftBinding, productBinding } from '../lib/gemm-shape.js';

export const gemmTernary = defineOperation<GemmShape>({
  id: 'gemm-ternary',
  title: 'GEMM ternary weights',
  summary: 'C = β·Σ A·t with t ∈ {−1, 0, 1}: f32 activations added, subtracted or left out, a scale per column.',
  parameters: bitGemmParameters,
  bindings: [leftBinding('f32'), twoBitsBinding, productBinding, columnScaleBinding],
  inputs: (shape, random) => {
    const A = random.values(shape.m * shape.k);
    const size = rightSize(shape);
    const { codes, scales } = ternarize(random.values(shape.k * shape.n), size, 'right');
    return { A, B: packTwoBits(codes, size, 'right', () => random.below(2 ** 32)), columnScale: scales };
  },
  reference: ({ A, B, columnScale }, shape, pick) => {
    const codes = unpackTwoBits(B as Uint32Array, rightSize(shape), 'right', 'signed');
    return [scaledSums(A!, codes, columnScale!, shape, pick)];
  },
  unquantized: drawnProduct,
  cost: ({ m, n, k }) => ({
    // Per term the sign flipped, the zero masked, and an addition; per element a scale.
    operations: { bit: 2 * m * n * k, add32: m * n * k, mul32: m * n },
    nominal: 2 * m * n * k,
    bytesRead: 4 * (m * k + 2 * wordsOf(k) * n + n),
    bytesWritten: 4 * m * n,
  }),
  cases: bitGemmCases,
  presets: bitGemmPresets,
  sweep: bitGemmSweep,
});
