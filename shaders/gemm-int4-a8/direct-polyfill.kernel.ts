/** Four rows per invocation, products of codes without dot4. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { gemmInt4A8 } from './operation.js';
import { directRung } from './rungs.js';

export default defineKernel({
  id: 'gemm-int4-a8/direct-polyfill',
  title: 'Direct, unpacked',
  summary:
    'A is quantized in a pass of its own; codes are unpacked and multiplied one by one, four rows per invocation.',
  computes: gemmInt4A8,
  rung: 1,
  ...directRung('polyfill'),
});
