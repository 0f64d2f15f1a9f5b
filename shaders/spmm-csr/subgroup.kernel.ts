/** A workgroup per row and strip of columns, weights passed round within subgroups. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsFor } from '../lib/sparse/columns.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import { spmmCsr } from './operation.js';
import subgroup from './subgroup.wgsl';

export default defineKernel({
  id: 'spmm-csr/subgroup',
  title: 'Weights passed round in subgroups',
  summary:
    'Each invocation of a subgroup fetches one weight and shuffles hand it to the others: no workgroup memory, no barrier.',
  computes: spmmCsr,
  rung: 5,
  requires: { features: ['subgroups'] },
  wgsl: ({ shape }) => [columnsFor(shape), bindings, subgroup],
  tunables: {
    lanes: { values: [32, 64, 128], default: 64, about: 'invocations per workgroup; each has 4 columns' },
  },
  // A subgroup that is not full would shuffle from places that hold nothing.
  valid: ({ tunables: { lanes } }, device) =>
    lanes % (device.subgroup?.max ?? 1) === 0
      ? workgroupFits(lanes, device)
      : `Workgroups of ${lanes} leave subgroups of ${device.subgroup?.max} partly empty; use more lanes, or spmm-csr/staged.`,
  dispatch: ({ shape: { m, n }, tunables: { lanes } }) => [{ workgroups: [Math.ceil(n / (4 * lanes)), m] }],
});
