/** Where the rungs of `gemm-int8-codes` find codes, and what becomes of a sum. */
import layout from '../lib/int8-gemm/layout.wgsl';
import type { Scheme } from '../lib/int8-gemm/rungs.js';
import zeroPoint from '../lib/int8-gemm/zero_point.wgsl';
import { zeroPointCost, zeroPointOverhead } from '../lib/int8-gemm/zero-point.js';
import requantize from '../lib/requantize.wgsl';
import bindings from './bindings.wgsl';

export const scheme: Scheme = {
  sources: [bindings, layout, zeroPoint, requantize],
  codes: 'signed',
  overhead: zeroPointOverhead,
  cost: zeroPointCost,
};
