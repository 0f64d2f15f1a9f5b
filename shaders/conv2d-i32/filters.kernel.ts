/** Register blocking over filters, straight from storage. */
import { defineKernel } from '../../src/kernel/kernel.js';
import groups from '../lib/convolution/groups.wgsl';
import requantize from '../lib/requantize.wgsl';
import window from '../lib/window.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import filters from './filters.wgsl';
import { conv2dI32 } from './operation.js';

export default defineKernel({
  id: 'conv2d-i32/filters',
  title: 'Four filters',
  summary: 'One invocation for four filters at a pixel loads each code of the window once.',
  computes: conv2dI32,
  rung: 1,
  wgsl: [window, groups, requantize, filters],
  tunables: { group: { values: [32, 64, 128], default: 64, about: 'invocations per workgroup, along the pixels' } },
  valid: ({ tunables: { group } }, facts) => workgroupFits(group, facts),
  dispatch: ({ shape: { outHeight, outWidth, filters: count, groups: parts, batch }, tunables: { group } }) => [
    { workgroups: [Math.ceil((outHeight * outWidth) / group), Math.ceil(count / parts / 4) * parts, batch] },
  ],
});
