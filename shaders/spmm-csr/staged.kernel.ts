/** A workgroup per row and strip of columns, weights staged in workgroup memory. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsFor } from '../lib/sparse/columns.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import { spmmCsr } from './operation.js';
import staged from './staged.wgsl';

export default defineKernel({
  id: 'spmm-csr/staged',
  title: 'Weights in workgroup memory',
  summary:
    'A workgroup per row fetches weights and indices together, one per invocation, and shares them through workgroup memory.',
  computes: spmmCsr,
  rung: 4,
  wgsl: ({ shape }) => [columnsFor(shape), bindings, staged],
  tunables: {
    lanes: { values: [32, 64, 128], default: 64, about: 'invocations per workgroup; each has 4 columns' },
  },
  valid: ({ tunables: { lanes } }, device) => workgroupFits(lanes, device, 8 * lanes),
  dispatch: ({ shape: { m, n }, tunables: { lanes } }) => [{ workgroups: [Math.ceil(n / (4 * lanes)), m] }],
});
