/** Weights decoded once per workgroup into shared memory. */

import { gemmInt4 } from './operation.js';
import { tiledGemm } from './rungs.js';

export default tiledGemm({ operation: gemmInt4, activation: 'f32' });
