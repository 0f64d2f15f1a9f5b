/** Several rows per workgroup with vec4 loads: fewer, larger pieces of work and x reused. */
import { defineKernel } from '../../src/kernel/kernel.js';
import aligned from '../lib/gemv_f32_aligned.wgsl';
import any from '../lib/gemv_f32_any.wgsl';
import { grid } from './dispatch.js';
import { gemvF32 } from './operation.js';
import rows from './rows.wgsl';

export default defineKernel({
  id: 'gemv-f32/rows',
  title: 'Four rows per invocation, vec4 loads',
  summary: 'Each invocation reads four rows in vec4 steps against one vector of x, and a few lanes share those rows.',
  computes: gemvF32,
  rung: 4,
  wgsl: ({ shape: { k } }) => [k % 4 === 0 ? aligned : any, rows],
  tunables: {
    lanes: { values: [1, 4, 8, 16, 32, 64], default: 32, about: 'invocations that share four rows' },
    rowGroups: { values: [1, 2, 4, 8], default: 2, about: 'groups of four rows per workgroup' },
  },
  valid: ({ tunables: { lanes, rowGroups } }, { limits }) =>
    lanes * rowGroups <= (limits.maxComputeInvocationsPerWorkgroup ?? 0) ||
    `a workgroup of ${lanes}×${rowGroups} is larger than this device allows`,
  dispatch: ({ shape: { n }, tunables: { rowGroups } }) => [{ workgroups: grid(Math.ceil(n / (4 * rowGroups))) }],
});
