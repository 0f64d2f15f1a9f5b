/** The first rung: one invocation per row. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import { spmvCsr } from './operation.js';
import scalar from './scalar.wgsl';

export default defineKernel({
  id: 'spmv-csr/scalar',
  title: 'Row per invocation',
  summary: 'One invocation per row; rows in order of length keep neighbours equally busy.',
  computes: spmvCsr,
  rung: 1,
  wgsl: [bindings, scalar],
  tunables: { lanes: { values: [32, 64, 128, 256], default: 64, about: 'rows per workgroup' } },
  valid: ({ tunables: { lanes } }, device) => workgroupFits(lanes, device),
  dispatch: ({ shape: { m }, tunables: { lanes } }) => [{ workgroups: [Math.ceil(m / lanes)] }],
});
