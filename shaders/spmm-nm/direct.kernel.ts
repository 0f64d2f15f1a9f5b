/** Register-blocked without workgroup memory: 4 × 8 elements per invocation. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsFor } from '../lib/sparse/columns.js';
import tile from '../lib/sparse/tile_4x8.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import direct from './direct.wgsl';
import { spmmNm } from './operation.js';
import structure from './structure.wgsl';

export default defineKernel({
  id: 'spmm-nm/direct',
  title: 'Register tile',
  summary:
    'One workgroup per band of 32 rows; each invocation keeps 4 × 8 elements of C and decodes one index per 32 products.',
  computes: spmmNm,
  rung: 2,
  wgsl: ({ shape }) => [columnsFor(shape), tile, structure, bindings, direct],
  tunables: {
    groupX: { values: [2, 4, 8, 16, 32], default: 8, about: 'workgroup width; each invocation has 8 columns' },
  },
  valid: ({ tunables: { groupX } }, device) => workgroupFits(groupX * 8, device),
  dispatch: ({ shape: { m, n }, tunables: { groupX } }) => [
    { workgroups: [Math.ceil(n / (8 * groupX)), Math.ceil(m / 32)] },
  ],
});
