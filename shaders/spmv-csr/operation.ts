/** y = W·x with W in compressed sparse rows, pruned by magnitude to an exact number of weights anywhere. */

import { defineOperation } from '../../src/kernel/operation.js';
import { type Csr, csrBytes, decodeCsr } from '../../src/numerics/sparse/csr.js';
import { drawnProduct } from '../lib/answer.js';
import { csrBindings, csrBuffers } from '../lib/sparse/csr.js';
import { densityParameter, keptWeights, prunedProduct, sparseCost, validDensity } from '../lib/sparse/operation.js';

export interface SpmvShape {
  readonly [name: string]: number;
  readonly m: number;
  readonly k: number;
  readonly densityPerMille: number;
}

const square = (size: number, densityPerMille: number): SpmvShape => ({ m: size, k: size, densityPerMille });

export const spmvCsr = defineOperation<SpmvShape>({
  id: 'spmv-csr',
  title: 'CSR SpMV',
  summary: 'y = W·x, with W m×k in compressed sparse rows, x of k and y of m f32.',
  parameters: [
    { name: 'm', about: 'rows of W, length of y' },
    { name: 'k', about: 'columns of W, length of x' },
    densityParameter,
  ],
  valid: validDensity,
  bindings: [
    ...csrBindings,
    { name: 'x', access: 'read', element: 'f32', length: ({ k }) => k, about: 'k' },
    { name: 'y', access: 'read_write', element: 'f32', length: ({ m }) => m, about: 'm' },
  ],
  inputs: (shape, random) => {
    const dense = random.values(shape.m * shape.k);
    return { ...csrBuffers(dense, shape), x: random.values(shape.k) };
  },
  reference: ({ rowPtr, colIdx, values, x }, { m, k }, pick) => {
    const matrix = { rows: m, columns: k, rowPtr, colIdx, values } as Csr;
    return prunedProduct(decodeCsr(matrix), x!, { m, n: 1, k }, pick, 'y');
  },
  unquantized: ({ m, k }, random, pick) => drawnProduct({ m, n: 1, k }, random, pick, 'y'),
  cost: (shape) => sparseCost({ ...shape, n: 1 }, keptWeights(shape), csrBytes(shape.m, keptWeights(shape))),
  cases: [
    square(1, 1000),
    { m: 149, k: 83, densityPerMille: 200 },
    { m: 65, k: 170, densityPerMille: 20 },
    { m: 64, k: 256, densityPerMille: 1000 },
    { m: 13, k: 20, densityPerMille: 1 },
    { m: 5, k: 9000, densityPerMille: 100 },
    { m: 700, k: 3, densityPerMille: 400 },
  ],
  presets: [
    { title: '4096², 1 % kept', shape: square(4096, 10) },
    { title: '4096², 5 % kept', shape: square(4096, 50) },
    { title: '4096², 20 % kept', shape: square(4096, 200) },
    { title: 'MLP of 4096 × 11008, 10 % kept', shape: { m: 11008, k: 4096, densityPerMille: 100 } },
  ],
  sweep: [256, 512, 1024, 2048, 4096].map((size) => square(size, 50)),
});
