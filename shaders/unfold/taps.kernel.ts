/** The only rung: the window of a pixel per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { unfold } from './operation.js';
import taps from './taps.wgsl';

export default defineKernel({
  id: 'unfold/taps',
  title: 'Window by window',
  summary: 'One invocation per pixel and channel walks its window; where it lies is found once.',
  computes: unfold,
  rung: 1,
  wgsl: [taps],
  tunables: { threads: { values: [32, 64, 128], default: 64, about: 'invocations per workgroup, along the pixels' } },
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts),
  dispatch: ({ shape: { outHeight, outWidth, taken, images }, tunables: { threads } }) => [
    { workgroups: [Math.ceil((outHeight * outWidth) / threads), taken, images] },
  ],
});
