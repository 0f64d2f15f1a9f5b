/** Blocks of 32 weights decoded in registers. */

import { gemvInt4 } from './operation.js';
import { directGemv } from './rungs.js';

export default directGemv({ operation: gemvInt4, activation: 'f32' });
