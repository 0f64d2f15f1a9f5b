/** Four outputs per invocation, decoded side by side. */
import { columnsGemv } from '../gemv-int4/rungs.js';
import { gemvInt4F16 } from './operation.js';

export default columnsGemv({ operation: gemvInt4F16, activation: 'f16' });
