/** Long rows cut into pieces that are computed side by side, and joined in a further pass. */

import { defineKernel, type Variant } from '../../src/kernel/kernel.js';
import { columnsFor } from '../lib/sparse/columns.js';
import { keptWeights } from '../lib/sparse/operation.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import addScalar from './add_scalar.wgsl';
import addVec4 from './add_vec4.wgsl';
import balanced from './balanced.wgsl';
import bindings from './bindings.wgsl';
import { type CsrShape, spmmCsr } from './operation.js';

type Name = 'chunk' | 'groupX' | 'groupY';

export default defineKernel<CsrShape, Name>({
  id: 'spmm-csr/balanced',
  title: 'Long rows in pieces',
  summary:
    'Rows are cut wherever so many weights of the matrix are full, and their pieces joined: for one very long row among short ones.',
  computes: spmmCsr,
  rung: 6,
  wgsl: ({ shape }) => [columnsFor(shape), bindings, shape.n % 4 === 0 ? addVec4 : addScalar, balanced],
  tunables: {
    chunk: { values: [32, 64, 128, 256, 512], default: 128, about: 'weights of a piece at most' },
    groupX: { values: [4, 8, 16, 32], default: 16, about: 'workgroup width; each invocation has 4 columns' },
    groupY: { values: [1, 2, 4, 8], default: 4, about: 'pieces per workgroup' },
  },
  scratch: (variant) => [
    { name: 'rowOfPiece', element: 'u32', length: piecesOf(variant) },
    { name: 'parts', element: 'f32', length: (boundariesOf(variant) + 1) * 4 * Math.ceil(variant.shape.n / 4) },
  ],
  valid: ({ tunables: { groupX, groupY } }, device) => workgroupFits(groupX * groupY, device),
  cost: withPieces,
  dispatch: (variant) => {
    const { groupX, groupY } = variant.tunables;
    const across = Math.ceil(variant.shape.n / (4 * groupX));
    return [
      { entryPoint: 'share', workgroups: [Math.ceil(piecesOf(variant) / 64)] },
      { entryPoint: 'multiply', workgroups: [across, Math.ceil(piecesOf(variant) / groupY)] },
      // Without a boundary no row is cut; an empty grid would be one too, yet is nowhere else.
      { entryPoint: 'join', workgroups: [across, Math.max(1, Math.ceil(boundariesOf(variant) / groupY))] },
    ];
  },
});

/** Multiples of the chunk up to the last weight, at each of which a row may be cut. */
function boundariesOf({ shape, tunables: { chunk } }: Variant<CsrShape, Name>): number {
  return Math.floor(keptWeights(shape) / chunk);
}

function piecesOf(variant: Variant<CsrShape, Name>): number {
  return variant.shape.m + boundariesOf(variant);
}

/** The product's own cost, with the rows of the pieces and the sums over them, each written and read once. */
function withPieces(variant: Variant<CsrShape, Name>) {
  const { operations, nominal, bytesRead, bytesWritten } = spmmCsr.cost(variant.shape);
  const sums = boundariesOf(variant) * variant.shape.n;
  const bytes = 4 * (sums + piecesOf(variant));
  return {
    operations: { ...operations, add32: sums },
    nominal,
    bytesRead: bytesRead + bytes,
    bytesWritten: bytesWritten + bytes,
  };
}
