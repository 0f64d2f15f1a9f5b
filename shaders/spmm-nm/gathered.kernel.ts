/** The loader compacts X in workgroup memory, and the inner loop is dense. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsFor } from '../lib/sparse/columns.js';
import tile from '../lib/sparse/tile_4x8.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import gathered from './gathered.wgsl';
import { spmmNm } from './operation.js';
import structure from './structure.wgsl';

export default defineKernel({
  id: 'spmm-nm/gathered',
  title: 'Gathered in workgroup memory',
  summary:
    'The workgroup gathers just the rows of X that its band keeps into workgroup memory, then multiplies as if dense.',
  computes: spmmNm,
  rung: 3,
  wgsl: ({ shape }) => [columnsFor(shape), tile, structure, bindings, gathered],
  tunables: {
    groupX: { values: [4, 8, 16], default: 16, about: 'workgroup width; each invocation has 8 columns' },
    tileK: { values: [8, 16, 32], default: 16, about: 'stored columns staged at once' },
  },
  valid: ({ tunables: { groupX, tileK } }, device) => workgroupFits(groupX * 8, device, tileK * (128 + 32 * groupX)),
  dispatch: ({ shape: { m, n }, tunables: { groupX } }) => [
    { workgroups: [Math.ceil(n / (8 * groupX)), Math.ceil(m / 32)] },
  ],
});
