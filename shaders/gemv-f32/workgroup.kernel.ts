/** One workgroup per row, added up through shared memory. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import reduce from '../lib/reduce_workgroup.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { gemvF32 } from './operation.js';
import rowPerWorkgroup from './row-per-workgroup.wgsl';
import workgroup from './workgroup.wgsl';

export default defineKernel({
  id: 'gemv-f32/workgroup',
  title: 'Row per workgroup',
  summary: 'A workgroup reads one row with neighbouring loads and adds its partial sums as a tree in shared memory.',
  computes: gemvF32,
  rung: 2,
  wgsl: [reduce, rowPerWorkgroup, workgroup],
  tunables: { threads: { values: [32, 64, 128, 256], default: 64, about: 'invocations per row' } },
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts),
  dispatch: ({ shape: { n } }) => [{ workgroups: grid(n) }],
});
