/** Register blocking over eight filters and four pixels, straight from storage. */
import { defineKernel } from '../../src/kernel/kernel.js';
import epilogue from '../lib/epilogue.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import buffers from './buffers.wgsl';
import { conv2d } from './operation.js';
import storeFour from './store_four.wgsl';
import wide from './wide.wgsl';

export default defineKernel({
  id: 'conv2d/wide',
  title: 'Register-blocked, eight filters',
  summary: 'Eight filters × four pixels in registers: three loads for eight multiply-adds.',
  computes: conv2d,
  rung: 3,
  wgsl: [buffers, epilogue, storeFour, wide],
  tunables: {
    groupX: { values: [8, 16, 32], default: 16, about: 'workgroup width, along the pixels' },
    groupY: { values: [1, 2, 4], default: 4, about: 'workgroup height, along the filters' },
    channels: { values: [8, 32], default: 32, about: 'channels that are summed before the next place of the window' },
  },
  valid: ({ tunables: { groupX, groupY } }, facts) => workgroupFits(groupX * groupY, facts),
  dispatch: ({ shape: { outHeight, outWidth, filters, groups, batch }, tunables: { groupX, groupY } }) => [
    {
      workgroups: [
        Math.ceil((outHeight * outWidth) / (4 * groupX)),
        Math.ceil((Math.ceil(filters / groups / 8) * groups) / groupY),
        batch,
      ],
    },
  ],
});
