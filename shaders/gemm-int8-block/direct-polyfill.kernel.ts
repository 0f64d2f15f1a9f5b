/** Register blocking where the device or its language has no dot4. */
import { defineKernel } from '../../src/kernel/kernel.js';
import direct from './direct.wgsl';
import { gemmInt8Block } from './operation.js';
import { dispatchFor, fits, group, products, unpackedCost } from './rungs.js';
import store from './store.wgsl';
export default defineKernel({
  id: 'gemm-int8-block/direct-polyfill',
  title: '4×4 per invocation, unpacked to i32',
  summary: 'Each invocation keeps 4×4 sums in registers and unpacks each code once.',
  computes: gemmInt8Block,
  rung: 2,
  wgsl: [...products('polyfill'), store, direct],
  tunables: group,
  valid: fits,
  dispatch: dispatchFor(4),
  cost: unpackedCost(1),
});
