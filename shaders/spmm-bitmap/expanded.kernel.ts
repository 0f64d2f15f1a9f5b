/** Tiles of W expanded into workgroup memory, then a dense inner loop. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsFor } from '../lib/sparse/columns.js';
import tile from '../lib/sparse/tile_4x8.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import expanded from './expanded.wgsl';
import { spmmBitmap } from './operation.js';
import structure from './structure.wgsl';

export default defineKernel({
  id: 'spmm-bitmap/expanded',
  title: 'Expanded in workgroup memory',
  summary:
    'Expands 32 × 32 tiles of W into workgroup memory by counting bits and multiplies them as if dense: saves bytes, not products.',
  computes: spmmBitmap,
  rung: 3,
  wgsl: ({ shape }) => [columnsFor(shape), tile, structure, bindings, expanded],
  tunables: {
    groupX: { values: [4, 8, 16], default: 8, about: 'workgroup width; each invocation has 8 columns' },
  },
  valid: ({ tunables: { groupX } }, device) =>
    groupX % 4 === 0 && 128 % groupX === 0
      ? workgroupFits(groupX * 8, device, 4096 + 1024 * groupX)
      : `${groupX * 8} invocations cannot share a tile of 32 rows evenly; choose 4, 8 or 16 for groupX.`,
  dispatch: ({ shape: { m, n }, tunables: { groupX } }) => [
    { workgroups: [Math.ceil(n / (8 * groupX)), Math.ceil(m / 32)] },
  ],
  cost: ({ shape }) => {
    const cost = spmmBitmap.cost(shape);
    return { ...cost, operations: { fma32: shape.m * shape.n * shape.k } };
  },
});
