/** Four outputs per invocation, the sum over k split. */
import { splitColumnsGemv } from '../gemv-int4/rungs.js';
import { gemvInt4F16 } from './operation.js';

export default splitColumnsGemv({ operation: gemvInt4F16, activation: 'f16' });
