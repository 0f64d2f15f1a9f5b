/** Four outputs per invocation, decoded side by side. */
import { columnsGemv } from '../lib/int4/gemv-rungs.js';
import { gemvInt4 } from './operation.js';

export default columnsGemv({ operation: gemvInt4, activation: 'f32' });
