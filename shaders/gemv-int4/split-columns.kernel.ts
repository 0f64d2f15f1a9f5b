/** Four outputs per invocation, the sum over k split. */
import { splitColumnsGemv } from '../lib/int4/gemv-rungs.js';
import { gemvInt4 } from './operation.js';

export default splitColumnsGemv({ operation: gemvInt4, activation: 'f32' });
