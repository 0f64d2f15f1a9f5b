/** The first rung: weight by weight. */
import { naiveGemm } from '../lib/int4/gemm-rungs.js';
import { gemmInt4F16 } from './operation.js';

export default naiveGemm({ operation: gemmInt4F16, activation: 'f16' });
