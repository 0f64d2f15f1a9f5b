/** Convolution over strips in which each window is contiguous: less memory than all windows unrolled. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { convolutionF32 } from '../lib/convolution/sources.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import fourFilters from './four_filters.wgsl';
import im2win from './im2win.wgsl';
import input from './input.wgsl';
import { type ConvShape, conv2d } from './operation.js';
import storeFour from './store_four.wgsl';

export default defineKernel({
  id: 'conv2d/im2win',
  title: 'im2win',
  summary: 'A first pass lays the rows of each output row out as one strip, in which every window is contiguous.',
  computes: conv2d,
  rung: 4,
  wgsl: [...convolutionF32, input, storeFour, fourFilters, im2win],
  tunables: { group: { values: [8, 16, 32, 64], default: 16, about: 'invocations per workgroup, along the pixels' } },
  valid: ({ tunables: { group } }, facts) => workgroupFits(group, facts),
  scratch: ({ shape }) => [{ name: 'strips', element: 'f32', length: stripsLength(shape) }],
  dispatch: ({ shape, tunables: { group } }) => {
    const { outHeight, outWidth, filters, groups, batch, channels } = shape;
    return [
      { entryPoint: 'fill', workgroups: [Math.ceil(stripLength(shape) / group), outHeight, batch * channels] },
      {
        entryPoint: 'multiply',
        workgroups: [outHeight * Math.ceil(outWidth / (4 * group)), Math.ceil(filters / groups / 4) * groups, batch],
      },
    ];
  },
  cost: ({ shape }) => {
    const cost = conv2d.cost(shape);
    const bytes = 4 * stripsLength(shape);
    return { ...cost, bytesRead: cost.bytesRead + bytes, bytesWritten: cost.bytesWritten + bytes };
  },
});

/** Elements of one strip: every column that a row of the output needs, kernelHeight rows high. */
function stripLength({ outWidth, strideX, kernelWidth, dilationX, kernelHeight }: ConvShape): number {
  return ((outWidth - 1) * strideX + (kernelWidth - 1) * dilationX + 1) * kernelHeight;
}

function stripsLength(shape: ConvShape): number {
  return shape.batch * shape.channels * shape.outHeight * stripLength(shape);
}
