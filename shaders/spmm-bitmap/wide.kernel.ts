/** Sixteen columns per invocation. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsFor } from '../lib/sparse/columns.js';
import strip from '../lib/sparse/strip_16.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import { spmmBitmap } from './operation.js';
import structure from './structure.wgsl';
import wide from './wide.wgsl';

export default defineKernel({
  id: 'spmm-bitmap/wide',
  title: 'Sixteen columns per invocation',
  summary:
    'Finds a bit and decodes its weight once for sixteen columns in four independent chains; no workgroup memory.',
  computes: spmmBitmap,
  rung: 2,
  wgsl: ({ shape }) => [columnsFor(shape), strip, structure, bindings, wide],
  tunables: {
    groupX: { values: [4, 8, 16, 32], default: 8, about: 'workgroup width; each invocation has 16 columns' },
    groupY: { values: [1, 4, 8], default: 8, about: 'rows per workgroup' },
  },
  valid: ({ tunables: { groupX, groupY } }, device) => workgroupFits(groupX * groupY, device),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / (16 * groupX)), Math.ceil(m / groupY)] },
  ],
});
