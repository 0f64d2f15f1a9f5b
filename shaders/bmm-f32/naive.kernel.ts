/** The first rung: one invocation per element, straight from storage. */
import { defineKernel } from '../../src/kernel/kernel.js';
import epilogue from '../lib/epilogue.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import elements from './elements.wgsl';
import naive from './naive.wgsl';
import operands from './operands.wgsl';
import { bmmF32 } from './operation.js';
import store from './store.wgsl';

export default defineKernel({
  id: 'bmm-f32/naive',
  title: 'Naive',
  summary: 'One invocation per element of C reads a row of A and a column of B from storage.',
  computes: bmmF32,
  rung: 1,
  wgsl: [elements, operands, epilogue, store, naive],
  tunables: {
    groupX: { values: [8, 16, 32], default: 16, about: 'workgroup width, along n' },
    groupY: { values: [4, 8, 16], default: 8, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, facts) => workgroupFits(groupX * groupY, facts),
  dispatch: ({ shape: { m, n, batches }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / groupX), Math.ceil(m / groupY), batches] },
  ],
});
