/** Register blocking where the device or its language has no dot4. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { direct } from '../lib/int8-gemm/rungs.js';
import { gemmInt8Linear } from './operation.js';
import { scheme } from './scheme.js';

export default defineKernel({
  ...direct(scheme, 'polyfill'),
  id: 'gemm-int8-linear/direct-polyfill',
  computes: gemmInt8Linear,
});
