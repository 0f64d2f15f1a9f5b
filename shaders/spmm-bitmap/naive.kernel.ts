/** The first rung: one invocation per element of C. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings_scalar.wgsl';
import naive from './naive.wgsl';
import { spmmBitmap } from './operation.js';
import structure from './structure.wgsl';

export default defineKernel({
  id: 'spmm-bitmap/naive',
  title: 'Naive',
  summary: 'One invocation per element of C walks the set bits of its row.',
  computes: spmmBitmap,
  rung: 1,
  wgsl: [structure, bindings, naive],
  tunables: {
    groupX: { values: [8, 16, 32], default: 16, about: 'workgroup width, along n' },
    groupY: { values: [4, 8, 16], default: 16, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, device) => workgroupFits(groupX * groupY, device),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / groupX), Math.ceil(m / groupY)] },
  ],
});
