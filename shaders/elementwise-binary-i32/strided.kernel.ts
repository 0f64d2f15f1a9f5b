/** The first rung: one element per invocation, its operands found by their steps. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { stridedRung } from '../lib/elementwise/binary-rungs.js';
import { elementwiseBinaryI32, form } from './operation.js';

export default defineKernel({
  id: 'elementwise-binary-i32/strided',
  computes: elementwiseBinaryI32,
  ...stridedRung(form),
});
