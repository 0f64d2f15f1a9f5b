/** The first rung: one element per invocation, its operands found by their steps. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { stridedRung } from '../lib/elementwise/binary-rungs.js';
import { elementwiseCompare, form } from './operation.js';

export default defineKernel({ id: 'elementwise-compare/strided', computes: elementwiseCompare, ...stridedRung(form) });
