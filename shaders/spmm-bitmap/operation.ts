/** C = W·X with W stored as one bit per weight and the kept weights packed in f16. */

import { defineOperation } from '../../src/kernel/operation.js';
import { type Bitmap, bitmapBytes, decodeBitmap, encodeBitmap, wordsPerRow } from '../../src/numerics/sparse/bitmap.js';
import { keepLargest } from '../../src/numerics/sparse/prune.js';
import { drawnProduct } from '../lib/answer.js';
import {
  type DensityShape,
  denseBindings,
  densityParameter,
  keptWeights,
  productParameters,
  prunedProduct,
  sparseCost,
  sparseSquare,
  validDensity,
} from '../lib/sparse/operation.js';

export const spmmBitmap = defineOperation<DensityShape>({
  id: 'spmm-bitmap',
  title: 'Bitmap SpMM and SpMV',
  summary: 'C = W·X, with W m×k as a bitmap and packed f16 weights, X k×n and C m×n dense f32, row-major.',
  parameters: [...productParameters, densityParameter],
  valid: validDensity,
  bindings: [
    {
      name: 'bits',
      access: 'read',
      element: 'u32',
      length: ({ m, k }) => m * wordsPerRow(k),
      about: 'one bit per weight, 32 columns to a word, lowest first',
    },
    {
      name: 'rowPtr',
      access: 'read',
      element: 'u32',
      length: ({ m }) => m + 1,
      about: 'first weight of each row, and the end',
    },
    {
      name: 'values',
      access: 'read',
      element: 'u32',
      length: (shape) => Math.max(1, Math.ceil(keptWeights(shape) / 2)),
      about: 'kept weights row by row, two f16 to a word',
    },
    ...denseBindings,
  ],
  inputs: (shape, random) => {
    const dense = random.values(shape.m * shape.k);
    const mask = keepLargest(dense, keptWeights(shape));
    const { bits, rowPtr, values } = encodeBitmap(dense, { rows: shape.m, columns: shape.k }, mask);
    return { bits, rowPtr, values, X: random.values(shape.k * shape.n) };
  },
  reference: ({ bits, rowPtr, values, X }, shape, pick) => {
    const matrix = { rows: shape.m, columns: shape.k, bits, rowPtr, values } as Bitmap;
    return prunedProduct(decodeBitmap(matrix), X!, shape, pick);
  },
  unquantized: drawnProduct,
  cost: (shape) =>
    sparseCost(shape, keptWeights(shape), bitmapBytes({ rows: shape.m, columns: shape.k }, keptWeights(shape))),
  cases: [
    sparseSquare(1, 1000),
    { m: 49, n: 37, k: 83, densityPerMille: 500 },
    { m: 65, n: 36, k: 70, densityPerMille: 20 },
    { m: 32, n: 132, k: 64, densityPerMille: 1000 },
    { m: 13, n: 5, k: 20, densityPerMille: 1 },
    { m: 5, n: 7, k: 3000, densityPerMille: 300 },
    { m: 31, n: 1, k: 1065, densityPerMille: 500 },
  ],
  presets: [
    { title: '1024², 50 % kept', shape: sparseSquare(1024, 500) },
    { title: '1024², 10 % kept', shape: sparseSquare(1024, 100) },
    { title: 'LLM prefill (128 tokens), 50 % kept', shape: { m: 4096, n: 128, k: 4096, densityPerMille: 500 } },
    { title: 'LLM decode (1 token), 50 % kept', shape: { m: 4096, n: 1, k: 4096, densityPerMille: 500 } },
  ],
  sweep: [128, 256, 512, 1024, 2048].map((size) => sparseSquare(size, 500)),
});
