/** The first rung: one invocation per row. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import naive from './naive.wgsl';
import { gemvF32 } from './operation.js';

export default defineKernel({
  id: 'gemv-f32/naive',
  title: 'Naive',
  summary: 'One invocation per row of W adds up the whole row.',
  computes: gemvF32,
  rung: 1,
  wgsl: [naive],
  tunables: { threads: { values: [16, 32, 64, 128, 256], default: 64, about: 'rows per workgroup' } },
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts),
  dispatch: ({ shape: { n }, tunables: { threads } }) => [{ workgroups: [Math.ceil(n / threads)] }],
});
