/** Register blocking with dot4, straight from storage. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { dot4Requirements } from '../lib/dot4.js';
import direct from './direct.wgsl';
import { gemmInt8Block } from './operation.js';
import { dispatchFor, fits, group, products } from './rungs.js';
import store from './store.wgsl';
export default defineKernel({
  id: 'gemm-int8-block/direct-dot4',
  title: '4×4 per invocation, dot4',
  summary: 'The same 4×4 block with four products to an instruction.',
  computes: gemmInt8Block,
  rung: 3,
  wgsl: [...products('dot4'), store, direct],
  ...dot4Requirements('dot4'),
  tunables: group,
  valid: fits,
  dispatch: dispatchFor(4),
});
