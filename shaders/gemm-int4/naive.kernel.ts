/** The first rung: weight by weight. */
import { naiveGemm } from '../lib/int4/gemm-rungs.js';
import { gemmInt4 } from './operation.js';

export default naiveGemm({ operation: gemmInt4, activation: 'f32' });
