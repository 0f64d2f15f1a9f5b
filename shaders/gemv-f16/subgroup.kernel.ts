/** One workgroup per row, added up by subgroups; the body of `gemv-f32/subgroup`. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../gemv-f32/dispatch.js';
import subgroup from '../gemv-f32/subgroup.wgsl';
import reduce from '../lib/reduce_subgroup.wgsl';
import { loadersFor } from './loaders.js';
import { gemvF16 } from './operation.js';
import rowPerWorkgroup from './row-per-workgroup.wgsl';

export default defineKernel({
  id: 'gemv-f16/subgroup',
  title: 'Row per workgroup, subgroup reduction',
  summary: 'Partial sums of a row are added by subgroupAdd, with one pass through shared memory between subgroups.',
  computes: gemvF16,
  rung: 3,
  wgsl: ({ shape }) => [loadersFor(shape), reduce, rowPerWorkgroup, subgroup],
  requires: { features: ['shader-f16', 'subgroups'] },
  tunables: { threads: { values: [32, 64, 128, 256], default: 64, about: 'invocations per row' } },
  valid: ({ tunables: { threads } }, { limits }) =>
    threads <= (limits.maxComputeInvocationsPerWorkgroup ?? 0) ||
    `a workgroup of ${threads} is larger than this device allows`,
  dispatch: ({ shape: { n } }) => [{ workgroups: grid(n) }],
});
