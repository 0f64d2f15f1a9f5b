/** The first rung: weight by weight. */
import { naiveGemv } from '../gemv-int4/rungs.js';
import { gemvInt4F16 } from './operation.js';

export default naiveGemv({ operation: gemvInt4F16, activation: 'f16' });
