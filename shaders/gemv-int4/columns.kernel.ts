/** Four outputs per invocation, decoded side by side. */

import { gemvInt4 } from './operation.js';
import { columnsGemv } from './rungs.js';

export default columnsGemv({ operation: gemvInt4, activation: 'f32' });
