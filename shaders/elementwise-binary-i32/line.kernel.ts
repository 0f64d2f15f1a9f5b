/** Operands of one form, or one of them a single number: no coordinates, and four results per store. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { lineRung } from '../lib/elementwise/binary-rungs.js';
import { elementwiseBinaryI32, form } from './operation.js';

export default defineKernel({ id: 'elementwise-binary-i32/line', computes: elementwiseBinaryI32, ...lineRung(form) });
