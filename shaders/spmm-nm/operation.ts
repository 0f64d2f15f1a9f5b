/** C = W·X with W pruned to vector-wise N:M: 32 neighbouring rows keep the same N of every M columns. */

import { defineOperation } from '../../src/kernel/operation.js';
import { type Groups, keepVectorGroups } from '../../src/numerics/sparse/prune.js';
import {
  bandHeight,
  bandsOf,
  decodeVectorNm,
  encodeVectorNm,
  indexWords,
  storedColumns,
  type VectorNm,
  vectorNmBytes,
} from '../../src/numerics/sparse/vector-nm.js';
import { drawnProduct } from '../lib/answer.js';
import type { GemmShape } from '../lib/gemm-shape.js';
import { denseBindings, productParameters, prunedProduct, sparseCost } from '../lib/sparse/operation.js';

export interface NmShape extends GemmShape, Groups {
  readonly keep: number;
  readonly group: number;
}

/** Weights kept: N of every M columns, and at most N of a shorter last group. */
const nonZeros = ({ m, k, keep, group }: NmShape): number =>
  m * (Math.floor(k / group) * keep + Math.min(keep, k % group));

const square = (size: number, keep: number, group: number): NmShape => ({ m: size, n: size, k: size, keep, group });

export const spmmNm = defineOperation<NmShape>({
  id: 'spmm-nm',
  title: 'Vector-wise N:M SpMM',
  summary: 'C = W·X, with W m×k keeping N of every M columns per 32 rows, X k×n and C m×n dense f32, row-major.',
  parameters: [
    ...productParameters,
    { name: 'keep', about: 'N: columns kept of each group' },
    { name: 'group', about: 'M: columns of a group, at most 256' },
  ],
  valid: ({ keep, group }) =>
    (keep <= group && group <= 256) || `${keep}:${group} sparsity is impossible; choose 1 ≤ N ≤ M ≤ 256.`,
  bindings: [
    {
      name: 'values',
      access: 'read',
      element: 'f32',
      length: (shape) => bandsOf(shape.m) * storedColumns(shape.k, shape) * bandHeight,
      about: 'per band of 32 rows and stored column its 32 weights',
    },
    {
      name: 'indices',
      access: 'read',
      element: 'u32',
      length: (shape) => bandsOf(shape.m) * indexWords(shape.k, shape),
      about: 'place of each stored column in its group, four bytes to a word, per band',
    },
    ...denseBindings,
  ],
  inputs: (shape, random) => {
    const size = { rows: shape.m, columns: shape.k };
    const dense = random.values(shape.m * shape.k);
    const mask = keepVectorGroups(dense, size, shape, bandHeight);
    const { values, indices } = encodeVectorNm(dense, size, shape, mask);
    return { values, indices, X: random.values(shape.k * shape.n) };
  },
  reference: ({ values, indices, X }, shape, pick) => {
    const matrix = { rows: shape.m, columns: shape.k, keep: shape.keep, group: shape.group, values, indices };
    return prunedProduct(decodeVectorNm(matrix as VectorNm), X!, shape, pick);
  },
  unquantized: drawnProduct,
  cost: (shape) => sparseCost(shape, nonZeros(shape), vectorNmBytes({ rows: shape.m, columns: shape.k }, shape)),
  cases: [
    square(1, 1, 1),
    { m: 49, n: 37, k: 83, keep: 2, group: 4 },
    { m: 65, n: 36, k: 70, keep: 1, group: 8 },
    { m: 64, n: 132, k: 64, keep: 4, group: 4 },
    { m: 33, n: 5, k: 3, keep: 2, group: 16 },
    { m: 5, n: 7, k: 3000, keep: 1, group: 4 },
    { m: 31, n: 1, k: 65, keep: 3, group: 5 },
  ],
  presets: [
    { title: '1024², 2:4', shape: square(1024, 2, 4) },
    { title: '1024², 1:4', shape: square(1024, 1, 4) },
    { title: '1024², 1:8', shape: square(1024, 1, 8) },
    { title: '1024², 4:32', shape: square(1024, 4, 32) },
    { title: 'LLM prefill (128 tokens), 2:4', shape: { m: 4096, n: 128, k: 4096, keep: 2, group: 4 } },
  ],
  sweep: [128, 256, 512, 1024, 2048].map((size) => square(size, 2, 4)),
});
