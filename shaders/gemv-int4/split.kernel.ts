/** The sum over k split among invocations. */

import { gemvInt4 } from './operation.js';
import { splitGemv } from './rungs.js';

export default splitGemv({ operation: gemvInt4, activation: 'f32' });
