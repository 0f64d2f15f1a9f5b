/** The first rung: weight by weight. */

import { gemmInt4 } from './operation.js';
import { naiveGemm } from './rungs.js';

export default naiveGemm({ operation: gemmInt4, activation: 'f32' });
