/** Four columns per invocation, rows in order of length. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsFor } from '../lib/sparse/columns.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import { spmmCsr } from './operation.js';
import vectorized from './vectorized.wgsl';

export default defineKernel({
  id: 'spmm-csr/vectorized',
  title: 'Four columns per invocation',
  summary: 'Fetches a weight and its index once for four columns; rows of similar length run side by side.',
  computes: spmmCsr,
  rung: 2,
  wgsl: ({ shape }) => [columnsFor(shape), bindings, vectorized],
  tunables: {
    groupX: { values: [8, 16, 32, 64], default: 32, about: 'workgroup width; each invocation has 4 columns' },
    groupY: { values: [1, 2, 4], default: 2, about: 'rows per workgroup' },
  },
  valid: ({ tunables: { groupX, groupY } }, device) => workgroupFits(groupX * groupY, device),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / (4 * groupX)), Math.ceil(m / groupY)] },
  ],
});
