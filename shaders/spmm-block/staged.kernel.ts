/** The register tile with weights and X staged in workgroup memory. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsFor } from '../lib/sparse/columns.js';
import tile from '../lib/sparse/tile_4x8.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import { blockSource } from './block.js';
import { type BlockShape, spmmBlock } from './operation.js';
import staged from './staged.wgsl';

const bytes = ({ block }: BlockShape, groupX: number): number => 4 * block * block + 32 * block * groupX;

export default defineKernel({
  id: 'spmm-block/staged',
  title: 'Workgroup memory',
  summary:
    'One workgroup per block row loads a block and its rows of X into workgroup memory, then computes 4 × 8 per invocation.',
  computes: spmmBlock,
  rung: 3,
  wgsl: ({ shape }) => [blockSource(shape), columnsFor(shape), tile, bindings, staged],
  tunables: {
    groupX: { values: [4, 8, 16], default: 8, about: 'workgroup width; each invocation has 8 columns' },
  },
  valid: ({ shape, tunables: { groupX } }, device) =>
    workgroupFits((groupX * shape.block) / 4, device, bytes(shape, groupX)),
  dispatch: ({ shape: { m, n, block }, tunables: { groupX } }) => [
    { workgroups: [Math.ceil(n / (8 * groupX)), Math.ceil(m / block)] },
  ],
});
