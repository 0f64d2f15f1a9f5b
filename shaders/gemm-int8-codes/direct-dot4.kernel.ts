/** Register blocking with dot4, straight from storage. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { direct } from '../lib/int8-gemm/rungs.js';
import { gemmInt8Codes } from './operation.js';
import { scheme } from './scheme.js';

export default defineKernel({ ...direct(scheme, 'dot4'), id: 'gemm-int8-codes/direct-dot4', computes: gemmInt8Codes });
