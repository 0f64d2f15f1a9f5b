/** Register-blocked without workgroup memory: 4 × 8 elements per invocation. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsFor } from '../lib/sparse/columns.js';
import tile from '../lib/sparse/tile_4x8.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import { blockSource } from './block.js';
import direct from './direct.wgsl';
import { spmmBlock } from './operation.js';

export default defineKernel({
  id: 'spmm-block/direct',
  title: 'Register tile',
  summary:
    'One workgroup per block row; each invocation keeps 4 × 8 elements of C in registers and reads straight from storage.',
  computes: spmmBlock,
  rung: 2,
  wgsl: ({ shape }) => [blockSource(shape), columnsFor(shape), tile, bindings, direct],
  tunables: {
    groupX: { values: [2, 4, 8, 16, 32], default: 16, about: 'workgroup width; each invocation has 8 columns' },
  },
  valid: ({ shape, tunables: { groupX } }, device) => workgroupFits((groupX * shape.block) / 4, device),
  dispatch: ({ shape: { m, n, block }, tunables: { groupX } }) => [
    { workgroups: [Math.ceil(n / (8 * groupX)), Math.ceil(m / block)] },
  ],
});
