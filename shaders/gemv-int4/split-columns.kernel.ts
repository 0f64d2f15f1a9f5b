/** Four outputs per invocation, the sum over k split. */

import { gemvInt4 } from './operation.js';
import { splitColumnsGemv } from './rungs.js';

export default splitColumnsGemv({ operation: gemvInt4, activation: 'f32' });
