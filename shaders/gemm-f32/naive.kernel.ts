/** The first rung: one invocation per element, straight from storage. */

import { defineKernel } from '../../src/kernel/kernel.js';
import element from '../lib/dense/element_f32.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import naive from './naive.wgsl';
import { gemmF32 } from './operation.js';

export default defineKernel({
  id: 'gemm-f32/naive',
  title: 'Naive',
  summary: 'One invocation per element of C reads a row of A and a column of B from storage.',
  computes: gemmF32,
  rung: 1,
  wgsl: [element, naive],
  tunables: {
    groupX: { values: [8, 16, 32], default: 16, about: 'workgroup width, along n' },
    groupY: { values: [4, 8, 16], default: 16, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, facts) => workgroupFits(groupX * groupY, facts),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / groupX), Math.ceil(m / groupY)] },
  ],
});
