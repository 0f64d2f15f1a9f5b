/** The first rung: every code unpacked to an i32 of its own. */
import { defineKernel } from '../../src/kernel/kernel.js';
import naive from './naive.wgsl';
import { gemmInt8Block } from './operation.js';
import { dispatchFor, fits, group, products, unpackedCost } from './rungs.js';

export default defineKernel({
  id: 'gemm-int8-block/naive-polyfill',
  title: 'Naive, unpacked to i32',
  summary: 'One invocation per element of C; each block is summed exactly in i32, scaled, and added in f32.',
  computes: gemmInt8Block,
  rung: 1,
  wgsl: [...products('polyfill'), naive],
  tunables: group,
  valid: fits,
  dispatch: dispatchFor(1),
  cost: unpackedCost(4),
});
