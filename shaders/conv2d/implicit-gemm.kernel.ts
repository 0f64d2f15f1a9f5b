/** Convolution as a matrix product whose right matrix, all windows unrolled, is only ever made a tile at a time. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { convolutionF32 } from '../lib/convolution/sources.js';
import { registerTile } from '../lib/register-tile.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import implicitGemm from './implicit-gemm.wgsl';
import input from './input.wgsl';
import { conv2d } from './operation.js';
import storeFour from './store_four.wgsl';

export default defineKernel({
  id: 'conv2d/implicit-gemm',
  title: 'Implicit GEMM',
  summary:
    'Tiles of the weights and of the unrolled windows, gathered in shared memory, feed a tile of Y in registers.',
  computes: conv2d,
  rung: 3,
  wgsl: ({ tunables: { threadM, threadN } }) => [
    ...convolutionF32,
    input,
    storeFour,
    registerTile({ threadM, threadN, readA: 'stagedA', readB: 'stagedB' }),
    implicitGemm,
  ],
  tunables: {
    tileM: { values: [32, 64], default: 32, about: 'filters per workgroup' },
    tileN: { values: [32, 64], default: 64, about: 'pixels per workgroup' },
    tileK: { values: [8, 16], default: 16, about: 'elements of the windows staged at a time' },
    threadM: { values: [4, 8], default: 4, about: 'filters per invocation' },
    threadN: { values: [4, 8], default: 4, about: 'pixels per invocation' },
  },
  valid({ tunables: { tileM, tileN, tileK, threadM, threadN } }, facts) {
    if (tileM % threadM !== 0) return `tileM=${tileM} is no multiple of threadM=${threadM}`;
    return workgroupFits((tileM / threadM) * (tileN / threadN), facts, 4 * (tileM + tileN) * tileK);
  },
  dispatch: ({ shape: { outHeight, outWidth, filters, groups, batch }, tunables: { tileM, tileN } }) => [
    { workgroups: [Math.ceil((outHeight * outWidth) / tileN), Math.ceil(filters / groups / tileM), batch * groups] },
  ],
});
