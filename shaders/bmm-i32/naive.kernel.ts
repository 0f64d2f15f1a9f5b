/** The first rung: one invocation per element. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import buffers from './buffers.wgsl';
import naive from './naive.wgsl';
import { bmmI32 } from './operation.js';

export default defineKernel({
  id: 'bmm-i32/naive',
  title: 'Naive',
  summary: 'One invocation per element of C reads a row of A and a column of B from storage.',
  computes: bmmI32,
  rung: 1,
  wgsl: [buffers, naive],
  tunables: {
    groupX: { values: [8, 16], default: 8, about: 'workgroup width, along n' },
    groupY: { values: [4, 8, 16], default: 8, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, facts) => workgroupFits(groupX * groupY, facts),
  dispatch: ({ shape: { m, n, batches }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / groupX), Math.ceil(m / groupY), batches] },
  ],
});
