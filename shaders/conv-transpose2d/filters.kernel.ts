/** Register blocking over filters. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { convolutionF32 } from '../lib/convolution/sources.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import filters from './filters.wgsl';
import { convTranspose2d } from './operation.js';
import source from './source.wgsl';

export default defineKernel({
  id: 'conv-transpose2d/filters',
  title: 'Four filters',
  summary: 'One invocation for four filters at a pixel finds and loads each source pixel once.',
  computes: convTranspose2d,
  rung: 2,
  wgsl: [...convolutionF32, source, filters],
  tunables: { group: { values: [32, 64, 128], default: 64, about: 'invocations per workgroup, along the pixels' } },
  valid: ({ tunables: { group } }, facts) => workgroupFits(group, facts),
  dispatch: ({ shape: { outHeight, outWidth, filters, batch, groups }, tunables: { group } }) => [
    { workgroups: [Math.ceil((outHeight * outWidth) / group), Math.ceil(filters / groups / 4) * groups, batch] },
  ],
});
