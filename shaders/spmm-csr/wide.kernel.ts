/** Sixteen columns per invocation, rows in order of length. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsFor } from '../lib/sparse/columns.js';
import strip from '../lib/sparse/strip_16.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import { spmmCsr } from './operation.js';
import wide from './wide.wgsl';

export default defineKernel({
  id: 'spmm-csr/wide',
  title: 'Sixteen columns per invocation',
  summary: 'Fetches a weight and its index once for sixteen columns in four independent chains; best for wide X.',
  computes: spmmCsr,
  rung: 3,
  wgsl: ({ shape }) => [columnsFor(shape), strip, bindings, wide],
  tunables: {
    groupX: { values: [4, 8, 16, 32], default: 8, about: 'workgroup width; each invocation has 16 columns' },
    groupY: { values: [1, 2, 4, 8], default: 8, about: 'rows per workgroup' },
  },
  valid: ({ tunables: { groupX, groupY } }, device) => workgroupFits(groupX * groupY, device),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / (16 * groupX)), Math.ceil(m / groupY)] },
  ],
});
