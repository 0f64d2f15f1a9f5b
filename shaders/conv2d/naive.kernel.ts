/** The first rung: one invocation per element of the output. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { convolutionF32 } from '../lib/convolution/sources.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import input from './input.wgsl';
import naive from './naive.wgsl';
import { conv2d } from './operation.js';

export default defineKernel({
  id: 'conv2d/naive',
  title: 'Naive',
  summary: 'One invocation per element of Y reads its window and its filter from storage.',
  computes: conv2d,
  rung: 1,
  wgsl: [...convolutionF32, input, naive],
  tunables: { group: { values: [32, 64, 128], default: 64, about: 'invocations per workgroup, along the pixels' } },
  valid: ({ tunables: { group } }, facts) => workgroupFits(group, facts),
  dispatch: ({ shape: { outHeight, outWidth, filters, batch }, tunables: { group } }) => [
    { workgroups: [Math.ceil((outHeight * outWidth) / group), filters, batch] },
  ],
});
