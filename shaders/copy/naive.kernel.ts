/** The first rung: one word per invocation. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import naive from './naive.wgsl';
import { copy } from './operation.js';

export default defineKernel({
  id: 'copy/naive',
  title: 'Naive',
  summary: 'One invocation per word.',
  computes: copy,
  rung: 1,
  wgsl: [naive],
  tunables: { threads: { values: [64, 128, 256], default: 256, about: 'invocations per workgroup' } },
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts),
  dispatch: ({ shape: { words }, tunables: { threads } }) => [{ workgroups: grid(Math.ceil(words / threads)) }],
});
