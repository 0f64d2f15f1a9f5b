/** One workgroup per row, added up by subgroups; the body of `gemv-f32/subgroup`. */

import { defineKernel } from '../../src/kernel/kernel.js';
import subgroup from '../gemv-f32/subgroup.wgsl';
import { gemvLoaders } from '../lib/dense/loaders.js';
import { grid } from '../lib/grid.js';
import reduce from '../lib/reduce_subgroup.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { gemvF16 } from './operation.js';
import rowPerWorkgroup from './row-per-workgroup.wgsl';

export default defineKernel({
  id: 'gemv-f16/subgroup',
  title: 'Row per workgroup, subgroup reduction',
  summary: 'Partial sums of a row are added by subgroupAdd, with one pass through shared memory between subgroups.',
  computes: gemvF16,
  rung: 3,
  wgsl: ({ shape }) => [...gemvLoaders('f16', shape), reduce, rowPerWorkgroup, subgroup],
  requires: { features: ['shader-f16', 'subgroups'] },
  tunables: { threads: { values: [32, 64, 128, 256], default: 64, about: 'invocations per row' } },
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts),
  dispatch: ({ shape: { n } }) => [{ workgroups: grid(n) }],
});
