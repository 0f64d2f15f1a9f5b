/** Weights decoded in registers for a tile of C. */
import { directGemm } from '../gemm-int4/rungs.js';
import { gemmInt4F16 } from './operation.js';

export default directGemm({ operation: gemmInt4F16, activation: 'f16' });
