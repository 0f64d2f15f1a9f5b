/** For convolutions in which each channel has filters of its own. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { convolutionF32 } from '../lib/convolution/sources.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import depthwise from './depthwise.wgsl';
import input from './input.wgsl';
import { conv2d } from './operation.js';
import storeFour from './store_four.wgsl';

export default defineKernel({
  id: 'conv2d/depthwise',
  title: 'Depthwise',
  summary: 'Four pixels of one filter per invocation share its weights, with no loop over channels.',
  computes: conv2d,
  rung: 5,
  wgsl: [...convolutionF32, input, storeFour, depthwise],
  tunables: { group: { values: [16, 32, 64], default: 32, about: 'invocations per workgroup, along the pixels' } },
  valid: ({ shape: { channels, groups }, tunables: { group } }, facts) =>
    channels === groups
      ? workgroupFits(group, facts)
      : `it is for as many groups as channels, not ${groups} groups of ${channels} channels`,
  dispatch: ({ shape: { outHeight, outWidth, filters, batch }, tunables: { group } }) => [
    { workgroups: [Math.ceil((outHeight * outWidth) / (4 * group)), filters, batch] },
  ],
});
