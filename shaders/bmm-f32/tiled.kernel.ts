/** Reuse through shared memory; transposed operands are turned while they are staged. */
import { defineKernel } from '../../src/kernel/kernel.js';
import epilogue from '../lib/epilogue.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import elements from './elements.wgsl';
import operands from './operands.wgsl';
import { bmmF32 } from './operation.js';
import store from './store.wgsl';
import tiled from './tiled.wgsl';

export default defineKernel({
  id: 'bmm-f32/tiled',
  title: 'Workgroup-tiled',
  summary: 'A workgroup stages square tiles of A and B in shared memory, so each element is loaded once per tile.',
  computes: bmmF32,
  rung: 2,
  wgsl: [elements, operands, epilogue, store, tiled],
  tunables: {
    tile: { values: [8, 16], default: 16, about: 'side of the square tile; tile² invocations per workgroup' },
  },
  valid: ({ tunables: { tile } }, facts) => workgroupFits(tile * tile, facts, 8 * tile * tile),
  dispatch: ({ shape: { m, n, batches }, tunables: { tile } }) => [
    { workgroups: [Math.ceil(n / tile), Math.ceil(m / tile), batches] },
  ],
});
