/** Several rows per workgroup with vec4 loads and x reused; the body of `gemv-f32/rows`. */

import { defineKernel } from '../../src/kernel/kernel.js';
import rows from '../gemv-f32/rows.wgsl';
import { gemvLoaders } from '../lib/dense/loaders.js';
import { grid } from '../lib/grid.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { gemvF16 } from './operation.js';

export default defineKernel({
  id: 'gemv-f16/rows',
  title: 'Four rows per invocation, vec4 loads',
  summary:
    'Each invocation reads four rows in steps of four f16 against one vector of x, and a few lanes share those rows.',
  computes: gemvF16,
  rung: 4,
  wgsl: ({ shape }) => [...gemvLoaders('f16', shape), rows],
  requires: { features: ['shader-f16'] },
  tunables: {
    lanes: { values: [1, 4, 8, 16, 32, 64], default: 32, about: 'invocations that share four rows' },
    rowGroups: { values: [1, 2, 4, 8], default: 2, about: 'groups of four rows per workgroup' },
  },
  valid: ({ tunables: { lanes, rowGroups } }, facts) => workgroupFits(lanes * rowGroups, facts),
  dispatch: ({ shape: { n }, tunables: { rowGroups } }) => [{ workgroups: grid(Math.ceil(n / (4 * rowGroups))) }],
});
