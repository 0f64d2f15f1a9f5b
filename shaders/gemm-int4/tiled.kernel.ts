/** Weights decoded once per workgroup into shared memory. */
import { tiledGemm } from '../lib/int4/gemm-rungs.js';
import { gemmInt4 } from './operation.js';

export default tiledGemm({ operation: gemmInt4, activation: 'f32' });
