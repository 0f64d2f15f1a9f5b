/** Workgroup memory without dot4. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { tiled } from '../lib/int8-gemm/rungs.js';
import { gemmInt8Asym } from './operation.js';
import { scheme } from './scheme.js';

export default defineKernel({ ...tiled(scheme, 'polyfill'), id: 'gemm-int8-asym/tiled-polyfill', computes: gemmInt8Asym });
