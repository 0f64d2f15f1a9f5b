/** Where the rungs of `gemm-int8-asym` find codes, scales and zero points. */
import layout from '../lib/int8-gemm/layout.wgsl';
import type { Scheme } from '../lib/int8-gemm/rungs.js';
import bindings from './bindings.wgsl';
import { gemmInt8Asym } from './operation.js';

export const scheme: Scheme = {
  sources: [bindings, layout],
  codes: 'unsigned',
  overhead: ({ m, n }) => ({ imul: 4 * m * n, iadd: 3 * m * n, mul32: 2 * m * n }),
  cost: (shape) => gemmInt8Asym.cost({ ...shape, scales: 1 }),
};
