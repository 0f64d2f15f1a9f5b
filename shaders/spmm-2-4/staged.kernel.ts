/** Rows of X staged in workgroup memory, picked from there by each row's places. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsFor } from '../lib/sparse/columns.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import { spmmTwoFour } from './operation.js';
import staged from './staged.wgsl';

export default defineKernel({
  id: 'spmm-2-4/staged',
  title: 'X in workgroup memory',
  summary: 'The workgroup stages 32 rows of X, and each invocation picks from them what four rows of W keep.',
  computes: spmmTwoFour,
  rung: 3,
  wgsl: ({ shape }) => [columnsFor(shape), bindings, staged],
  tunables: {
    groupX: { values: [8, 16, 32], default: 16, about: 'workgroup width; each invocation has 4 columns' },
    groupY: { values: [4, 8, 16], default: 8, about: 'workgroup height; each invocation has 4 rows' },
  },
  valid: ({ tunables: { groupX, groupY } }, device) => workgroupFits(groupX * groupY, device, 512 * groupX),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / (4 * groupX)), Math.ceil(m / (4 * groupY))] },
  ],
});
