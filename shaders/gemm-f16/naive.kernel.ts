/** The first rung: one invocation per element, straight from storage; the body of `gemm-f32/naive`. */

import { defineKernel } from '../../src/kernel/kernel.js';
import naive from '../gemm-f32/naive.wgsl';
import element from '../lib/dense/element_f16.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { gemmF16 } from './operation.js';

export default defineKernel({
  id: 'gemm-f16/naive',
  title: 'Naive',
  summary: 'One invocation per element of C reads a row of A and a column of B, and adds the products in f32.',
  computes: gemmF16,
  rung: 1,
  wgsl: [element, naive],
  requires: { features: ['shader-f16'] },
  tunables: {
    groupX: { values: [8, 16, 32], default: 16, about: 'workgroup width, along n' },
    groupY: { values: [4, 8, 16], default: 16, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, facts) => workgroupFits(groupX * groupY, facts),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / groupX), Math.ceil(m / groupY)] },
  ],
});
