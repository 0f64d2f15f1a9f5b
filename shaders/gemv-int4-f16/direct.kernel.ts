/** Blocks of 32 weights decoded in registers. */
import { directGemv } from '../gemv-int4/rungs.js';
import { gemvInt4F16 } from './operation.js';

export default directGemv({ operation: gemvInt4F16, activation: 'f16' });
