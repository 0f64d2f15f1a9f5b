/** Weights decoded once per workgroup into shared memory. */
import { tiledGemm } from '../gemm-int4/rungs.js';
import { gemmInt4F16 } from './operation.js';

export default tiledGemm({ operation: gemmInt4F16, activation: 'f16' });
