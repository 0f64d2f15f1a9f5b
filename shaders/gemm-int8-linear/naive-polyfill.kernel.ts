/** The first rung: every code unpacked to an i32 of its own. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { naive } from '../lib/int8-gemm/rungs.js';
import { gemmInt8Linear } from './operation.js';
import { scheme } from './scheme.js';

export default defineKernel({
  ...naive(scheme, 'polyfill'),
  id: 'gemm-int8-linear/naive-polyfill',
  computes: gemmInt8Linear,
});
