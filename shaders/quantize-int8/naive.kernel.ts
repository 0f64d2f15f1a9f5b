/** The first rung: one invocation reads a whole row twice. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import layout from '../lib/int8-gemm/layout.wgsl';
import packInt8 from '../lib/pack_int8.wgsl';
import quantizeCode from '../lib/quantize_code.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import bindings from './bindings.wgsl';
import naive from './naive.wgsl';
import { quantizeInt8Rows } from './operation.js';

export default defineKernel({
  id: 'quantize-int8/naive',
  title: 'Naive',
  summary: 'One invocation per row finds the largest magnitude, then writes the codes.',
  computes: quantizeInt8Rows,
  rung: 1,
  wgsl: [bindings, layout, packInt8, quantizeCode, naive],
  tunables: { group: { values: [32, 64, 128, 256], default: 64, about: 'invocations per workgroup' } },
  valid: ({ tunables: { group } }, facts) => workgroupFits(group, facts),
  dispatch: ({ shape: { m }, tunables: { group } }) => [{ workgroups: grid(Math.ceil(m / group)) }],
});
