/** Weights decoded in registers for a tile of C. */
import { directGemm } from '../lib/int4/gemm-rungs.js';
import { gemmInt4 } from './operation.js';

export default directGemm({ operation: gemmInt4, activation: 'f32' });
