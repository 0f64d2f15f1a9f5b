/** Four rows per invocation, products of codes by dot4. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { gemmInt4A8 } from './operation.js';
import { directRung } from './rungs.js';

export default defineKernel({
  id: 'gemm-int4-a8/direct-dot4',
  title: 'Direct, dot4',
  summary:
    'The same with dot4I8Packed: nibbles are parted by a mask and met by four activation codes in one instruction.',
  computes: gemmInt4A8,
  rung: 2,
  ...directRung('dot4'),
});
