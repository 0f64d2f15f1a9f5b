/** The first rung: scores, softmax and weighted sums one after the other, through a buffer. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import naive from './naive.wgsl';
import { attentionF32 } from './operation.js';
import places from './places.wgsl';

export default defineKernel({
  id: 'attention-f32/naive',
  title: 'Three passes',
  summary: 'All scores are written to a buffer, normalized row by row, and multiplied with the values.',
  computes: attentionF32,
  rung: 1,
  wgsl: [places, naive],
  tunables: { group: { values: [32, 64], default: 64, about: 'invocations per workgroup' } },
  valid: ({ tunables: { group } }, facts) => workgroupFits(group, facts),
  scratch: ({ shape: { heads, queries, keys } }) => [
    { name: 'weights', element: 'f32', length: heads * queries * keys },
  ],
  dispatch: ({ shape: { heads, queries, keys, valueSize }, tunables: { group } }) => [
    { entryPoint: 'score', workgroups: [Math.ceil(keys / group), queries, heads] },
    { entryPoint: 'normalize', workgroups: [Math.ceil(queries / group), 1, heads] },
    { entryPoint: 'weigh', workgroups: [Math.ceil(valueSize / group), queries, heads] },
  ],
});
