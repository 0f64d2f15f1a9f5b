/** For groups of one channel. */
import { defineKernel } from '../../src/kernel/kernel.js';
import epilogue from '../lib/epilogue.wgsl';
import depthwise from '../lib/int8-conv/depthwise.wgsl';
import layout from '../lib/int8-conv/layout.wgsl';
import { channelsOf, depthOf, int8ConvCost, outputLength } from '../lib/int8-conv/operation.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import { conv2dInt8 } from './operation.js';

export default defineKernel({
  id: 'conv2d-int8/depthwise',
  title: 'Depthwise',
  summary: 'One invocation for four pixels of one filter; no filters share a channel, so none wait for another.',
  computes: conv2dInt8,
  rung: 4,
  wgsl: [bindings, epilogue, layout, depthwise],
  tunables: { group: { values: [32, 64], default: 64, about: 'invocations per workgroup, along the pixels' } },
  valid: ({ shape, tunables: { group } }, facts) =>
    channelsOf(shape) === 1 ? workgroupFits(group, facts) : 'groups have more than one channel',
  dispatch: ({ shape: { outHeight, outWidth, filters, batch }, tunables: { group } }) => [
    { workgroups: [Math.ceil((outHeight * outWidth) / (4 * group)), filters, batch] },
  ],
  cost: ({ shape }) => {
    const products = outputLength(shape) * depthOf(shape);
    const sums = outputLength(shape);
    return {
      ...int8ConvCost(shape),
      operations: { imul: products + sums, iadd: products + sums, bit: products, mul32: sums },
    };
  },
});
