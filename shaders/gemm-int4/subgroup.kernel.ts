/** Weights decoded in registers, rows of A shared through the subgroup. */

import { gemmInt4 } from './operation.js';
import { subgroupGemm } from './rungs.js';

export default subgroupGemm({ operation: gemmInt4, activation: 'f32' });
