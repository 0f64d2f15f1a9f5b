/** C = W·X with W in compressed sparse rows, pruned by magnitude to an exact number of weights anywhere. */

import { defineOperation } from '../../src/kernel/operation.js';
import { type Csr, csrBytes, decodeCsr } from '../../src/numerics/sparse/csr.js';
import { drawnProduct } from '../lib/answer.js';
import { csrBindings, csrBuffers } from '../lib/sparse/csr.js';
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

export const spmmCsr = defineOperation<DensityShape>({
  id: 'spmm-csr',
  title: 'CSR SpMM',
  summary: 'C = W·X, with W m×k in compressed sparse rows, X k×n and C m×n dense f32, row-major.',
  parameters: [...productParameters, densityParameter],
  valid: validDensity,
  bindings: [...csrBindings, ...denseBindings],
  inputs: (shape, random) => {
    const dense = random.values(shape.m * shape.k);
    return { ...csrBuffers(dense, shape), X: random.values(shape.k * shape.n) };
  },
  reference: ({ rowPtr, colIdx, values, X }, shape, pick) => {
    const matrix = { rows: shape.m, columns: shape.k, rowPtr, colIdx, values } as Csr;
    return prunedProduct(decodeCsr(matrix), X!, shape, pick);
  },
  unquantized: drawnProduct,
  cost: (shape) => sparseCost(shape, keptWeights(shape), csrBytes(shape.m, keptWeights(shape))),
  cases: [
    sparseSquare(1, 1000),
    { m: 49, n: 37, k: 83, densityPerMille: 200 },
    { m: 65, n: 36, k: 70, densityPerMille: 20 },
    { m: 32, n: 260, k: 64, densityPerMille: 1000 },
    { m: 13, n: 5, k: 20, densityPerMille: 1 },
    { m: 5, n: 7, k: 3000, densityPerMille: 100 },
    { m: 31, n: 1, k: 65, densityPerMille: 500 },
  ],
  presets: [
    { title: '1024², 1 % kept', shape: sparseSquare(1024, 10) },
    { title: '1024², 5 % kept', shape: sparseSquare(1024, 50) },
    { title: '1024², 10 % kept', shape: sparseSquare(1024, 100) },
    { title: '2048², 1 % kept', shape: sparseSquare(2048, 10) },
    { title: '4096 × 4096, 128 tokens, 5 % kept', shape: { m: 4096, n: 128, k: 4096, densityPerMille: 50 } },
  ],
  sweep: [128, 256, 512, 1024, 2048].map((size) => sparseSquare(size, 10)),
});
