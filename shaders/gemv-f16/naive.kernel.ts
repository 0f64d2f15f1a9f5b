/** The first rung: one invocation per row. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { loadersFor } from './loaders.js';
import naive from './naive.wgsl';
import { gemvF16 } from './operation.js';

export default defineKernel({
  id: 'gemv-f16/naive',
  title: 'Naive',
  summary: 'One invocation per row of W adds up the whole row, four weights at a time.',
  computes: gemvF16,
  rung: 1,
  wgsl: ({ shape }) => [loadersFor(shape), naive],
  requires: { features: ['shader-f16'] },
  tunables: { threads: { values: [32, 64, 128, 256], default: 64, about: 'rows per workgroup' } },
  valid: ({ tunables: { threads } }, { limits }) =>
    threads <= (limits.maxComputeInvocationsPerWorkgroup ?? 0) ||
    `a workgroup of ${threads} is larger than this device allows`,
  dispatch: ({ shape: { n }, tunables: { threads } }) => [{ workgroups: [Math.ceil(n / threads)] }],
});
