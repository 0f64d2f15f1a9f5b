/** Register blocking with products in f32, where they are exact. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { float } from '../lib/int8-gemm/rungs.js';
import { gemmInt8Codes } from './operation.js';
import { scheme } from './scheme.js';

export default defineKernel({ ...float(scheme), id: 'gemm-int8-codes/direct-f32', computes: gemmInt8Codes });
