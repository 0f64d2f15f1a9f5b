/** The first rung: chains of f16 sums, one element of C per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';

import naive from './naive.wgsl';
import { gemmF16Acc16 } from './operation.js';
import { fits, group, promoteEvery } from './tunables.js';

export default defineKernel({
  id: 'gemm-f16-acc16/naive',
  title: 'Naive',
  summary: 'One invocation per element of C adds products in f16 and moves the sum to f32 every promoteEvery products.',
  computes: gemmF16Acc16,
  rung: 1,
  wgsl: [naive],
  requires: { features: ['shader-f16'] },
  tunables: { ...group, promoteEvery },
  valid: fits(0),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / groupX), Math.ceil(m / groupY)] },
  ],
});
