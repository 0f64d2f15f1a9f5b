/** One workgroup per row, so that neighbours read neighbouring elements. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import layout from '../lib/int8-gemm/layout.wgsl';
import packInt8 from '../lib/pack_int8.wgsl';
import quantizeCode from '../lib/quantize_code.wgsl';
import quantizeRows from '../lib/quantize_rows.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import { quantizeInt8Rows } from './operation.js';

export default defineKernel({
  id: 'quantize-int8/workgroup',
  title: 'Workgroup per row',
  summary:
    'A workgroup reduces the largest magnitude of its row in workgroup memory, then each lane packs 16 codes at a time.',
  computes: quantizeInt8Rows,
  rung: 2,
  wgsl: [bindings, layout, packInt8, quantizeCode, quantizeRows],
  tunables: { lanes: { values: [32, 64, 128, 256], default: 64, about: 'invocations per row, a power of two' } },
  valid: ({ tunables: { lanes } }, facts) => {
    if ((lanes & (lanes - 1)) !== 0) return `the reduction needs a power of two of lanes, not ${lanes}`;
    return workgroupFits(lanes, facts);
  },
  dispatch: ({ shape: { m } }) => [{ entryPoint: 'quantizeRows', workgroups: grid(m) }],
});
