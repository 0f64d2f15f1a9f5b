/** The sum over k split among invocations. */
import { splitGemv } from '../lib/int4/gemv-rungs.js';
import { gemvInt4 } from './operation.js';

export default splitGemv({ operation: gemvInt4, activation: 'f32' });
