/** Operands of one form, or one of them a single number: no coordinates, and four results per store. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { lineRung } from '../lib/elementwise/binary-rungs.js';
import { elementwiseCompare, form } from './operation.js';

export default defineKernel({ id: 'elementwise-compare/line', computes: elementwiseCompare, ...lineRung(form) });
