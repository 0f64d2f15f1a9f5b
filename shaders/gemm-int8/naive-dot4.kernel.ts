/** The first rung with four products to an instruction. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { naive } from '../lib/int8-gemm/rungs.js';
import { gemmInt8 } from './operation.js';
import { scheme } from './scheme.js';

export default defineKernel({ ...naive(scheme, 'dot4'), id: 'gemm-int8/naive-dot4', computes: gemmInt8 });
