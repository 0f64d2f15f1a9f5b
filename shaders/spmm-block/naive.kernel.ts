/** The first rung: one invocation per element of C. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { blockSource } from './block.js';
import naive from './naive.wgsl';
import { spmmBlock } from './operation.js';

export default defineKernel({
  id: 'spmm-block/naive',
  title: 'Naive',
  summary: 'One invocation per element of C walks the blocks of its block row and reads weights and X from storage.',
  computes: spmmBlock,
  rung: 1,
  wgsl: ({ shape }) => [blockSource(shape), naive],
  tunables: {
    groupX: { values: [8, 16, 32], default: 16, about: 'workgroup width, along n' },
    groupY: { values: [4, 8, 16], default: 16, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, device) => workgroupFits(groupX * groupY, device),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / groupX), Math.ceil(m / groupY)] },
  ],
});
