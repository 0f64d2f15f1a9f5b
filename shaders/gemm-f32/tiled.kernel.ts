/** Reuse through shared memory, one element of C per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { gemmF32 } from './operation.js';
import tiled from './tiled.wgsl';

export default defineKernel({
  id: 'gemm-f32/tiled',
  title: 'Workgroup-tiled',
  summary:
    'A workgroup stages square tiles of A and B in shared memory, so each element of them is loaded once per tile.',
  computes: gemmF32,
  rung: 2,
  wgsl: [tiled],
  tunables: {
    tile: { values: [8, 16, 32], default: 16, about: 'side of the square tile; tile² invocations per workgroup' },
  },
  valid: ({ tunables: { tile } }, facts) => workgroupFits(tile * tile, facts, 2 * tile * tile * 4),
  dispatch: ({ shape: { m, n }, tunables: { tile } }) => [{ workgroups: [Math.ceil(n / tile), Math.ceil(m / tile)] }],
});
