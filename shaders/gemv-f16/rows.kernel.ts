/** Several rows per workgroup with vec4 loads and x reused; the body of `gemv-f32/rows`. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../gemv-f32/dispatch.js';
import rows from '../gemv-f32/rows.wgsl';
import { loadersFor } from './loaders.js';
import { gemvF16 } from './operation.js';

export default defineKernel({
  id: 'gemv-f16/rows',
  title: 'Four rows per invocation, vec4 loads',
  summary:
    'Each invocation reads four rows in steps of four f16 against one vector of x, and a few lanes share those rows.',
  computes: gemvF16,
  rung: 4,
  wgsl: ({ shape }) => [loadersFor(shape), rows],
  requires: { features: ['shader-f16'] },
  tunables: {
    lanes: { values: [1, 4, 8, 16, 32, 64], default: 32, about: 'invocations that share four rows' },
    rowGroups: { values: [1, 2, 4, 8], default: 2, about: 'groups of four rows per workgroup' },
  },
  valid: ({ tunables: { lanes, rowGroups } }, { limits }) =>
    lanes * rowGroups <= (limits.maxComputeInvocationsPerWorkgroup ?? 0) ||
    `a workgroup of ${lanes}×${rowGroups} is larger than this device allows`,
  dispatch: ({ shape: { n }, tunables: { rowGroups } }) => [{ workgroups: grid(Math.ceil(n / (4 * rowGroups))) }],
});
