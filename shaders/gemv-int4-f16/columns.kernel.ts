/** Four outputs per invocation, decoded side by side. */
import { columnsGemv } from '../lib/int4/gemv-rungs.js';
import { gemvInt4F16 } from './operation.js';

export default columnsGemv({ operation: gemvInt4F16, activation: 'f16' });
