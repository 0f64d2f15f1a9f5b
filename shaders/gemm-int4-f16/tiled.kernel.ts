/** Weights decoded once per workgroup into shared memory. */
import { tiledGemm } from '../lib/int4/gemm-rungs.js';
import { gemmInt4F16 } from './operation.js';

export default tiledGemm({ operation: gemmInt4F16, activation: 'f16' });
