/** One workgroup per row, added up through shared memory; the body of `gemv-f32/workgroup`. */

import { defineKernel } from '../../src/kernel/kernel.js';
import workgroup from '../gemv-f32/workgroup.wgsl';
import { gemvLoaders } from '../lib/dense/loaders.js';
import { grid } from '../lib/grid.js';
import reduce from '../lib/reduce_workgroup.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { gemvF16 } from './operation.js';
import rowPerWorkgroup from './row-per-workgroup.wgsl';

export default defineKernel({
  id: 'gemv-f16/workgroup',
  title: 'Row per workgroup',
  summary:
    'A workgroup reads one row in 8-byte loads of four f16 and adds its partial sums as a tree in shared memory.',
  computes: gemvF16,
  rung: 2,
  wgsl: ({ shape }) => [...gemvLoaders('f16', shape), reduce, rowPerWorkgroup, workgroup],
  requires: { features: ['shader-f16'] },
  tunables: { threads: { values: [32, 64, 128, 256], default: 64, about: 'invocations per row' } },
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts),
  dispatch: ({ shape: { n } }) => [{ workgroups: grid(n) }],
});
