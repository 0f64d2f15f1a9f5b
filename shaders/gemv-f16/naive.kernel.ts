/** The first rung: one invocation per row. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { gemvLoaders } from '../lib/dense/loaders.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import naive from './naive.wgsl';
import { gemvF16 } from './operation.js';

export default defineKernel({
  id: 'gemv-f16/naive',
  title: 'Naive',
  summary: 'One invocation per row of W adds up the whole row, four weights at a time.',
  computes: gemvF16,
  rung: 1,
  wgsl: ({ shape }) => [...gemvLoaders('f16', shape), naive],
  requires: { features: ['shader-f16'] },
  tunables: { threads: { values: [32, 64, 128, 256], default: 64, about: 'rows per workgroup' } },
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts),
  dispatch: ({ shape: { n }, tunables: { threads } }) => [{ workgroups: [Math.ceil(n / threads)] }],
});
