/** A subgroup per row, added up by `subgroupAdd`. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import { spmvCsr } from './operation.js';
import subgroup from './subgroup.wgsl';

export default defineKernel({
  id: 'spmv-csr/subgroup',
  title: 'Row per subgroup',
  summary:
    'A subgroup reads neighbouring weights of a row together and adds up without workgroup memory, whatever its size.',
  computes: spmvCsr,
  rung: 3,
  requires: { features: ['subgroups'], language: ['subgroup_id'] },
  wgsl: [bindings, subgroup],
  tunables: {
    lanes: { values: [32, 64, 128, 256], default: 128, about: 'invocations per workgroup' },
    rows: { values: [4, 8, 16, 32], default: 4, about: 'rows per workgroup, shared among its subgroups' },
  },
  valid: ({ tunables: { lanes } }, device) => workgroupFits(lanes, device),
  dispatch: ({ shape: { m }, tunables: { rows } }) => [{ workgroups: [Math.ceil(m / rows)] }],
});
