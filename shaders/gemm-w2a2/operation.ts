/** C = rowScale · columnScale · (2-bit codes of A · 2-bit codes of B), bit-serial on packed planes. */

import { defineOperation } from '../../src/kernel/operation.js';
import { packTwoBits, quantizeTwoBits, unpackTwoBits, wordsOf } from '../../src/numerics/binary.js';
import type { Random } from '../../src/numerics/random.js';
import { unquantizedProduct } from '../lib/answer.js';
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
  twoBitsBinding,
} from '../lib/bit-gemm.js';
import { type GemmShape, productBinding } from '../lib/gemm-shape.js';

export const gemmW2a2 = defineOperation<GemmShape>({
  id: 'gemm-w2a2',
  title: 'GEMM W2A2',
  summary: 'C = α·β·Σ cⱼ·2ⁱ·popcount(Aᵢ and Bⱼ), c = (1, −2): activations 0…3 times weights −2…1, bit-serial.',
  parameters: bitGemmParameters,
  bindings: [
    packedLeft(2, '2 × m × ⌈k/32⌉ words: low, then high bits of codes 0 … 3'),
    twoBitsBinding,
    productBinding,
    rowScaleBinding,
    columnScaleBinding,
  ],
  inputs: (shape, random) => {
    const { a, b } = operands(shape, random);
    const activations = quantizeTwoBits(a, leftSize(shape), 'left', 'unsigned');
    const weights = quantizeTwoBits(b, rightSize(shape), 'right', 'signed');
    const padding = (): number => random.below(2 ** 32);
    return {
      A: packTwoBits(activations.codes, leftSize(shape), 'left', padding),
      B: packTwoBits(weights.codes, rightSize(shape), 'right', padding),
      rowScale: activations.scales,
      columnScale: weights.scales,
    };
  },
  reference: ({ A, B, rowScale, columnScale }, shape, pick) => {
    const a = unpackTwoBits(A as Uint32Array, leftSize(shape), 'left', 'unsigned');
    const b = unpackTwoBits(B as Uint32Array, rightSize(shape), 'right', 'signed');
    return [scaledIntegers([a, b], [rowScale!, columnScale!], shape, pick, 6)];
  },
  unquantized: (shape, random, pick) => unquantizedProduct(operands(shape, random), shape, pick),
  cost: ({ m, n, k }) => ({
    // Per word four ands and four population counts, each weighed and added.
    operations: { bit: 8 * m * n * wordsOf(k), iadd: 4 * m * n * wordsOf(k), mul32: 2 * m * n },
    nominal: 2 * m * n * k,
    bytesRead: 4 * (m + n) * (2 * wordsOf(k) + 1),
    bytesWritten: 4 * m * n,
  }),
  cases: bitGemmCases,
  presets: bitGemmPresets,
  sweep: bitGemmSweep,
});

/** Activations are what a ReLU leaves. */
function operands({ m, n, k }: GemmShape, random: Random) {
  return { a: random.values(m * k).map((value) => Math.max(0, value)), b: random.values(k * n) };
}
