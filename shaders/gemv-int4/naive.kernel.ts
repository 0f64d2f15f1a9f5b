/** The first rung: weight by weight. */
import { naiveGemv } from '../lib/int4/gemv-rungs.js';
import { gemvInt4 } from './operation.js';

export default naiveGemv({ operation: gemvInt4, activation: 'f32' });
