/** A 64 × 64 tile per workgroup, nibbles parted once into shared memory. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { dot4Requirements } from '../lib/dot4.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { gemmInt4A8 } from './operation.js';
import { passes, scratch, sources } from './rungs.js';
import tiled from './tiled.wgsl';

export default defineKernel({
  id: 'gemm-int4-a8/tiled-dot4',
  title: 'Tiled, dot4',
  summary: 'A workgroup parts the nibbles of 64 columns once into shared memory and uses them for 64 rows.',
  computes: gemmInt4A8,
  rung: 3,
  ...dot4Requirements('dot4'),
  wgsl: ({ shape }) => [...sources(shape, 'dot4'), tiled],
  tunables: {},
  valid: (_, device) => workgroupFits(256, device, 64 * (4 * 16 + 4 * 4)),
  scratch: ({ shape }) => scratch(shape),
  dispatch: ({ shape }) => passes(shape, { workgroups: [Math.ceil(shape.n / 64), Math.ceil(shape.m / 64)] }),
});
