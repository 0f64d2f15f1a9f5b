/** The first rung: weight by weight. */

import { gemvInt4 } from './operation.js';
import { naiveGemv } from './rungs.js';

export default naiveGemv({ operation: gemvInt4, activation: 'f32' });
