/** Weights decoded in registers for a tile of C. */

import { gemmInt4 } from './operation.js';
import { directGemm } from './rungs.js';

export default directGemm({ operation: gemmInt4, activation: 'f32' });
