/** C = W·X with W block-sparse (BSR): whole blocks of 16×16 or 32×32 weights are kept or pruned. */

import { defineOperation } from '../../src/kernel/operation.js';
import { type Bsr, bsrBytes, decodeBsr, encodeBsr } from '../../src/numerics/sparse/bsr.js';
import { countAtDensity, keepBlocks } from '../../src/numerics/sparse/prune.js';
import { rowsByLength } from '../../src/numerics/sparse/row-order.js';
import { drawnProduct } from '../lib/answer.js';
import {
  type DensityShape,
  denseBindings,
  productParameters,
  prunedProduct,
  sparseCost,
  validDensity,
} from '../lib/sparse/operation.js';

export interface BlockShape extends DensityShape {
  readonly block: number;
}

/** Blocks kept, from the shape alone: W is pruned to exactly so many. */
function keptBlocks({ m, k, block, densityPerMille }: BlockShape): number {
  return countAtDensity(Math.ceil(m / block) * Math.ceil(k / block), densityPerMille);
}

/** Weights a product has to multiply with; blocks at the edges count as whole ones up to the size of W. */
const nonZeros = (shape: BlockShape): number => Math.min(keptBlocks(shape) * shape.block ** 2, shape.m * shape.k);

const square = (size: number, block: number, densityPerMille: number): BlockShape => ({
  m: size,
  n: size,
  k: size,
  block,
  densityPerMille,
});

export const spmmBlock = defineOperation<BlockShape>({
  id: 'spmm-block',
  title: 'Block-sparse SpMM',
  summary: 'C = W·X, with W m×k block-sparse (BSR, blocks of 16×16 or 32×32), X k×n and C m×n dense f32, row-major.',
  parameters: [
    ...productParameters,
    { name: 'block', about: 'rows and columns of a block: 16 or 32' },
    { name: 'densityPerMille', about: 'kept blocks in thousandths of all blocks: 100 keeps 10 %' },
  ],
  valid: (shape) =>
    shape.block === 16 || shape.block === 32
      ? validDensity(shape)
      : `Blocks of ${shape.block} are not built; choose 16 or 32.`,
  bindings: [
    {
      name: 'rowPtr',
      access: 'read',
      element: 'u32',
      length: ({ m, block }) => Math.ceil(m / block) + 1,
      about: 'first block of each block row, and the end',
    },
    {
      name: 'colIdx',
      access: 'read',
      element: 'u32',
      length: (shape) => Math.max(1, keptBlocks(shape)),
      about: 'block column of each block, ascending within a block row',
    },
    {
      name: 'rowOrder',
      access: 'read',
      element: 'u32',
      length: ({ m, block }) => Math.ceil(m / block),
      about: 'block rows, longest first',
    },
    {
      name: 'values',
      access: 'read',
      element: 'f32',
      length: (shape) => Math.max(1, keptBlocks(shape)) * shape.block ** 2,
      about: 'blocks one after the other, each column-major',
    },
    ...denseBindings,
  ],
  inputs: (shape, random) => {
    const { m, n, k, block } = shape;
    const size = { rows: m, columns: k };
    const dense = random.values(m * k);
    const { rowPtr, colIdx, values } = encodeBsr(dense, size, block, keepBlocks(dense, size, block, keptBlocks(shape)));
    return { rowPtr, colIdx, rowOrder: rowsByLength(rowPtr), values, X: random.values(k * n) };
  },
  reference: ({ rowPtr, colIdx, values, X }, shape, pick) => {
    const matrix = { rows: shape.m, columns: shape.k, block: shape.block, rowPtr, colIdx, values } as Bsr;
    return prunedProduct(decodeBsr(matrix), X!, shape, pick);
  },
  unquantized: drawnProduct,
  cost: (shape) => sparseCost(shape, nonZeros(shape), bsrBytes(shape.m, shape.block, keptBlocks(shape))),
  cases: [
    square(1, 16, 1000),
    { m: 49, n: 37, k: 83, block: 16, densityPerMille: 400 },
    { m: 65, n: 36, k: 70, block: 32, densityPerMille: 500 },
    { m: 64, n: 132, k: 64, block: 32, densityPerMille: 1000 },
    { m: 33, n: 5, k: 40, block: 16, densityPerMille: 1 },
    { m: 128, n: 64, k: 96, block: 16, densityPerMille: 50 },
    { m: 5, n: 7, k: 2000, block: 32, densityPerMille: 300 },
    { m: 31, n: 1, k: 65, block: 16, densityPerMille: 700 },
  ],
  presets: [
    { title: '1024², 32×32 blocks, 10 % kept', shape: square(1024, 32, 100) },
    { title: '1024², 16×16 blocks, 10 % kept', shape: square(1024, 16, 100) },
    { title: '2048², 32×32 blocks, 5 % kept', shape: square(2048, 32, 50) },
    { title: '1024², 32×32 blocks, 50 % kept', shape: square(1024, 32, 500) },
    {
      title: 'MLP of 4096 × 11008, 128 tokens, 10 % kept',
      shape: { m: 11008, n: 128, k: 4096, block: 32, densityPerMille: 100 },
    },
  ],
  sweep: [128, 256, 512, 1024, 2048].map((size) => square(size, 32, 100)),
});
