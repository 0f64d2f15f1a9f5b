/** Four outputs per invocation, the sum over k split. */
import { splitColumnsGemv } from '../lib/int4/gemv-rungs.js';
import { gemvInt4F16 } from './operation.js';

export default splitColumnsGemv({ operation: gemvInt4F16, activation: 'f16' });
