/** One workgroup per row, added up by subgroups with a single barrier. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import reduce from '../lib/reduce_subgroup.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { gemvF32 } from './operation.js';
import rowPerWorkgroup from './row-per-workgroup.wgsl';
import subgroup from './subgroup.wgsl';

export default defineKernel({
  id: 'gemv-f32/subgroup',
  title: 'Row per workgroup, subgroup reduction',
  summary: 'Partial sums of a row are added by subgroupAdd, with one pass through shared memory between subgroups.',
  computes: gemvF32,
  rung: 3,
  wgsl: [reduce, rowPerWorkgroup, subgroup],
  requires: { features: ['subgroups'] },
  tunables: { threads: { values: [32, 64, 128, 256], default: 64, about: 'invocations per row' } },
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts),
  dispatch: ({ shape: { n } }) => [{ workgroups: grid(n) }],
});
