/** The first rung: one invocation per element of the output, which gathers, so that nothing is written twice. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { convolutionF32 } from '../lib/convolution/sources.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import naive from './naive.wgsl';
import { convTranspose2d } from './operation.js';
import source from './source.wgsl';

export default defineKernel({
  id: 'conv-transpose2d/naive',
  title: 'Naive',
  summary: 'One invocation per element of Y gathers the pixels whose windows reach it.',
  computes: convTranspose2d,
  rung: 1,
  wgsl: [...convolutionF32, source, naive],
  tunables: { group: { values: [32, 64, 128], default: 64, about: 'invocations per workgroup, along the pixels' } },
  valid: ({ tunables: { group } }, facts) => workgroupFits(group, facts),
  dispatch: ({ shape: { outHeight, outWidth, filters, batch }, tunables: { group } }) => [
    { workgroups: [Math.ceil((outHeight * outWidth) / group), filters, batch] },
  ],
});
