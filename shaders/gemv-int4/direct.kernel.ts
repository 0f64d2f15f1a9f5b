/** Blocks of 32 weights decoded in registers. */
import { directGemv } from '../lib/int4/gemv-rungs.js';
import { gemvInt4 } from './operation.js';

export default directGemv({ operation: gemvInt4, activation: 'f32' });
