/** Where the rungs of `gemm-int8-dynamic` find codes and scales, and the pass that makes them from A. */

import { rowWords } from '../../src/numerics/int8.js';
import { grid } from '../lib/grid.js';
import layout from '../lib/int8-gemm/layout.wgsl';
import type { Scheme } from '../lib/int8-gemm/rungs.js';
import scale from '../lib/int8-gemm/scale_symmetric.wgsl';
import { quad } from '../lib/int8-gemm/shapes.js';
import packInt8 from '../lib/pack_int8.wgsl';
import quantizeCode from '../lib/quantize_code.wgsl';
import quantizeRows from '../lib/quantize_rows.wgsl';
import bindings from './bindings.wgsl';
import { gemmInt8Dynamic } from './operation.js';

export const scheme: Scheme = {
  sources: [bindings, layout, packInt8, quantizeCode, quantizeRows, scale],
  codes: 'signed',
  before: ({ m }) => [{ entryPoint: 'quantizeRows', workgroups: grid(m) }],
  scratch: ({ shape: { m, k } }) => [
    { name: 'codesA', element: 'u32', length: m * rowWords(k, quad) },
    { name: 'scalesA', element: 'f32', length: m },
  ],
  overhead: ({ m, n, k }) => ({ mul32: 2 * m * n + m * k }),
  cost: gemmInt8Dynamic.cost,
};
