/** C = W·X with W pruned to element-wise 2:4 and stored in f16; n = 1 makes it a GEMV. */

import { defineOperation } from '../../src/kernel/operation.js';
import { keepGroups } from '../../src/numerics/sparse/prune.js';
import {
  chunksPerRow,
  decodeTwoFour,
  encodeTwoFour,
  type TwoFour,
  twoFourBytes,
} from '../../src/numerics/sparse/two-four.js';
import { drawnProduct } from '../lib/answer.js';
import { square } from '../lib/gemm-cases.js';
import type { GemmShape } from '../lib/gemm-shape.js';
import { denseBindings, productParameters, prunedProduct, sparseCost } from '../lib/sparse/operation.js';

/** Weights kept: two of every four columns, and at most two of a shorter last group. */
const nonZeros = ({ m, k }: GemmShape): number => m * (Math.floor(k / 4) * 2 + Math.min(2, k % 4));

export const spmmTwoFour = defineOperation<GemmShape>({
  id: 'spmm-2-4',
  title: '2:4 SpMM and SpMV',
  summary: 'C = W·X, with W m×k keeping two f16 weights of every four, X k×n and C m×n dense f32, row-major.',
  parameters: productParameters,
  bindings: [
    {
      name: 'values',
      access: 'read',
      element: 'u32',
      length: ({ m, k }) => m * chunksPerRow(k) * 8,
      about: 'two f16 per group of four columns, eight groups per index word',
    },
    {
      name: 'indices',
      access: 'read',
      element: 'u32',
      length: ({ m, k }) => m * chunksPerRow(k),
      about: 'sixteen 2-bit places per 32 columns',
    },
    ...denseBindings,
  ],
  inputs: ({ m, n, k }, random) => {
    const size = { rows: m, columns: k };
    const dense = random.values(m * k);
    const { values, indices } = encodeTwoFour(dense, size, keepGroups(dense, size, { keep: 2, group: 4 }));
    return { values, indices, X: random.values(k * n) };
  },
  reference: ({ values, indices, X }, shape, pick) => {
    const matrix = { rows: shape.m, columns: shape.k, values, indices } as TwoFour;
    return prunedProduct(decodeTwoFour(matrix), X!, shape, pick);
  },
  unquantized: drawnProduct,
  cost: (shape) => sparseCost(shape, nonZeros(shape), twoFourBytes({ rows: shape.m, columns: shape.k })),
  cases: [
    square(1),
    { m: 17, n: 19, k: 83 },
    { m: 65, n: 36, k: 65 },
    { m: 32, n: 260, k: 64 },
    { m: 5, n: 7, k: 3000 },
    { m: 71, n: 1, k: 331 },
    { m: 33, n: 1, k: 2 },
  ],
  presets: [
    { title: 'Square 1024', shape: square(1024) },
    { title: 'LLM prefill (128 tokens)', shape: { m: 4096, n: 128, k: 4096 } },
    { title: 'LLM decode (1 token)', shape: { m: 4096, n: 1, k: 4096 } },
    { title: 'LLM decode, MLP (1 token)', shape: { m: 11008, n: 1, k: 4096 } },
  ],
  sweep: [128, 256, 512, 1024, 2048].map(square),
});
