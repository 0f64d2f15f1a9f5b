/** Weights shared through the subgroup: 16 × 4 elements per invocation, no workgroup memory. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsFor } from '../lib/sparse/columns.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import { blockSource } from './block.js';
import { spmmBlock } from './operation.js';
import subgroup from './subgroup.wgsl';

export default defineKernel({
  id: 'spmm-block/subgroup',
  title: 'Register tile, subgroup broadcast',
  summary: 'Four lanes load the weights of 16 rows and broadcast them, so that one load serves a whole subgroup.',
  computes: spmmBlock,
  rung: 4,
  wgsl: ({ shape }) => [blockSource(shape), columnsFor(shape), bindings, subgroup],
  requires: { features: ['subgroups'] },
  tunables: {
    threads: {
      values: [16, 32, 64, 128],
      default: 64,
      about: 'invocations per workgroup, along n; each has 4 columns',
    },
  },
  valid: ({ tunables: { threads } }, device) => workgroupFits(threads, device),
  dispatch: ({ shape: { m, n, block }, tunables: { threads } }) => [
    { workgroups: [Math.ceil(n / (4 * threads)), Math.ceil(m / block) * (block / 16)] },
  ],
});
