/** The second rung: where a window lies is found once for all its elements in a channel. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { unfoldRows } from './operation.js';
import windows from './windows.wgsl';

export default defineKernel({
  id: 'unfold-rows/windows',
  title: 'Window by window',
  summary: 'One invocation per window and channel walks its elements; channels of a window lie next to each other.',
  computes: unfoldRows,
  rung: 2,
  wgsl: [windows],
  tunables: { threads: { values: [32, 64, 128], default: 64, about: 'invocations per workgroup' } },
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts),
  dispatch: ({ shape: { rows, channels }, tunables: { threads } }) => [
    { workgroups: [Math.ceil((rows * channels) / threads)] },
  ],
});
