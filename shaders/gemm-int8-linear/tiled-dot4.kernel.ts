/** Workgroup memory with dot4: the shape that suits most GPUs. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { tiled } from '../lib/int8-gemm/rungs.js';
import { gemmInt8Linear } from './operation.js';
import { scheme } from './scheme.js';

export default defineKernel({ ...tiled(scheme, 'dot4'), id: 'gemm-int8-linear/tiled-dot4', computes: gemmInt8Linear });
