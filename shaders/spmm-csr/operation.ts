/** C = W·X with W in compressed sparse rows, pruned by magnitude to an exact number of weights anywhere. */

import { defineOperation } from '../../src/kernel/operation.js';
import { type Csr, csrBytes, decodeCsr } from '../../src/numerics/sparse/csr.js';
import { drawnProduct } from '../lib/answer.js';
import { csrBindings, csrBuffers, longRowParameter, validLongRow } from '../lib/sparse/csr.js';
import {
  type DensityShape,
  denseBindings,
  densityParameter,
  keptWeights,
  productParameters,
  prunedProduct,
  sparseCost,
  validDensity,
} from '../lib/sparse/operation.js';
import { allOf } from '../lib/valid.js';

export interface CsrShape extends DensityShape {
  /** How much is kept of one row, in thousandths of its columns; 0 where no row is favoured. */
  readonly longRowPerMille: number;
}

const even = (m: number, n: number, k: number, densityPerMille: number): CsrShape => ({
  ...{ m, n, k, densityPerMille },
  longRowPerMille: 0,
});

const square = (size: number, densityPerMille: number): CsrShape => even(size, size, size, densityPerMille);

export const spmmCsr = defineOperation<CsrShape>({
  id: 'spmm-csr',
  title: 'CSR SpMM',
  summary: 'C = W·X, with W m×k in compressed sparse rows, X k×n and C m×n dense f32, row-major.',
  parameters: [...productParameters, densityParameter, longRowParameter],
  valid: (shape) => allOf(validDensity(shape), validLongRow(shape)),
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
    square(1, 1000),
    even(49, 37, 83, 200),
    even(65, 36, 70, 20),
    even(32, 260, 64, 1000),
    even(13, 5, 20, 1),
    even(5, 7, 3000, 100),
    even(31, 1, 65, 500),
    { m: 37, n: 20, k: 1500, densityPerMille: 30, longRowPerMille: 1000 },
    { m: 21, n: 3, k: 2000, densityPerMille: 48, longRowPerMille: 999 },
  ],
  presets: [
    { title: '1024², 1 % kept', shape: square(1024, 10) },
    { title: '1024², 5 % kept', shape: square(1024, 50) },
    { title: '1024², 10 % kept', shape: square(1024, 100) },
    { title: '2048², 1 % kept', shape: square(2048, 10) },
    { title: '4096 × 4096, 128 tokens, 5 % kept', shape: even(4096, 128, 4096, 50) },
    {
      title: 'One long row: 3 of 4 weights',
      shape: { m: 1024, n: 32, k: 16384, densityPerMille: 1, longRowPerMille: 768 },
    },
  ],
  sweep: [128, 256, 512, 1024, 2048].map((size) => square(size, 10)),
});
