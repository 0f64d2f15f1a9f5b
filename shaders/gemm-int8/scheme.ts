/** Where the rungs of `gemm-int8` find codes and scales. */
import layout from '../lib/int8-gemm/layout.wgsl';
import type { Scheme } from '../lib/int8-gemm/rungs.js';
import scale from '../lib/int8-gemm/scale_symmetric.wgsl';
import bindings from './bindings.wgsl';
import { gemmInt8 } from './operation.js';

export const scheme: Scheme = {
  sources: [bindings, layout, scale],
  codes: 'signed',
  overhead: ({ m, n }) => ({ mul32: 2 * m * n }),
  cost: (shape) => gemmInt8.cost({ ...shape, scales: 1 }),
};
