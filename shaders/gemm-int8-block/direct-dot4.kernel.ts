/** Register blocking with dot4, straight from storage. */
import { defineKernel } from '../../src/kernel/kernel.js';
import direct from './direct.wgsl';
import { gemmInt8Block } from './operation.js';
import { dispatchFor, fits, group, native } from './rungs.js';
import store from './store.wgsl';
export default defineKernel({
  id: 'gemm-int8-block/direct-dot4',
  title: '4×4 per invocation, dot4',
  summary: 'The same 4×4 block with four products to an instruction.',
  computes: gemmInt8Block,
  rung: 3,
  wgsl: [...native, store, direct],
  requires: { language: ['packed_4x8_integer_dot_product'] },
  tunables: group,
  valid: fits,
  dispatch: dispatchFor(4),
});
