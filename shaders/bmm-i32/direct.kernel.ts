/** Register blocking, straight from storage. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import buffers from './buffers.wgsl';
import direct from './direct.wgsl';
import { bmmI32 } from './operation.js';

export default defineKernel({
  id: 'bmm-i32/direct',
  title: 'Register-blocked',
  summary: 'Four rows × four columns of C in the registers of each invocation share what they load.',
  computes: bmmI32,
  rung: 2,
  wgsl: [buffers, direct],
  tunables: {
    groupX: { values: [8, 16], default: 8, about: 'workgroup width, along n' },
    groupY: { values: [4, 8, 16], default: 8, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, facts) => workgroupFits(groupX * groupY, facts),
  dispatch: ({ shape: { m, n, batches }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / (4 * groupX)), Math.ceil(m / (4 * groupY)), batches] },
  ],
});
