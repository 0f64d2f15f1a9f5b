/** The sum over k split among invocations. */
import { splitGemv } from '../gemv-int4/rungs.js';
import { gemvInt4F16 } from './operation.js';

export default splitGemv({ operation: gemvInt4F16, activation: 'f16' });
