/** One workgroup per row, added up through shared memory; the body of `gemv-f32/workgroup`. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../gemv-f32/dispatch.js';
import workgroup from '../gemv-f32/workgroup.wgsl';
import reduce from '../lib/reduce_workgroup.wgsl';
import { loadersFor } from './loaders.js';
import { gemvF16 } from './operation.js';
import rowPerWorkgroup from './row-per-workgroup.wgsl';

export default defineKernel({
  id: 'gemv-f16/workgroup',
  title: 'Row per workgroup',
  summary:
    'A workgroup reads one row in 8-byte loads of four f16 and adds its partial sums as a tree in shared memory.',
  computes: gemvF16,
  rung: 2,
  wgsl: ({ shape }) => [loadersFor(shape), reduce, rowPerWorkgroup, workgroup],
  requires: { features: ['shader-f16'] },
  tunables: { threads: { values: [32, 64, 128, 256], default: 64, about: 'invocations per row' } },
  valid: ({ tunables: { threads } }, { limits }) =>
    threads <= (limits.maxComputeInvocationsPerWorkgroup ?? 0) ||
    `a workgroup of ${threads} is larger than this device allows`,
  dispatch: ({ shape: { n } }) => [{ workgroups: grid(n) }],
});
