/** Sixteen columns per invocation. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsFor } from '../lib/sparse/columns.js';
import strip from '../lib/sparse/strip_16.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { spmmTwoFour } from './operation.js';
import wide from './wide.wgsl';

export default defineKernel({
  id: 'spmm-2-4/wide',
  title: 'Sixteen columns per invocation',
  summary: 'Decodes a weight and its place once for sixteen columns in four independent chains; no workgroup memory.',
  computes: spmmTwoFour,
  rung: 2,
  wgsl: ({ shape }) => [columnsFor(shape), strip, wide],
  tunables: {
    groupX: { values: [4, 8, 16, 32], default: 8, about: 'workgroup width; each invocation has 16 columns' },
    groupY: { values: [1, 4, 8, 16], default: 8, about: 'rows per workgroup' },
  },
  valid: ({ tunables: { groupX, groupY } }, device) => workgroupFits(groupX * groupY, device),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / (16 * groupX)), Math.ceil(m / groupY)] },
  ],
});
