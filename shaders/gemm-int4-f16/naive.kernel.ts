/** The first rung: weight by weight. */
import { naiveGemm } from '../gemm-int4/rungs.js';
import { gemmInt4F16 } from './operation.js';

export default naiveGemm({ operation: gemmInt4F16, activation: 'f16' });
