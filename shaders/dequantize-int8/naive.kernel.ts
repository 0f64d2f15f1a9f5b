/** The first rung: each invocation takes its byte out of a word. */

import { defineKernel } from '../../src/kernel/kernel.js';
import layout from '../lib/int8-gemm/layout.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import naive from './naive.wgsl';
import { dequantizeInt8Rows } from './operation.js';

export default defineKernel({
  id: 'dequantize-int8/naive',
  title: 'Naive',
  summary: 'One invocation per element picks its byte out of a word and scales it.',
  computes: dequantizeInt8Rows,
  rung: 1,
  wgsl: [layout, naive],
  tunables: {
    groupX: { values: [16, 32, 64], default: 32, about: 'workgroup width, along k' },
    groupY: { values: [1, 2, 4, 8], default: 4, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, facts) => workgroupFits(groupX * groupY, facts),
  dispatch: ({ shape: { m, k }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(k / groupX), Math.ceil(m / groupY)] },
  ],
});
