/** Shared memory and registers together: the classic fast design on discrete GPUs. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { gemmLoaders } from '../lib/dense/loaders.js';
import { registerTile } from '../lib/register-tile.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import blocked from './blocked.wgsl';
import { gemmF32 } from './operation.js';

export default defineKernel({
  id: 'gemm-f32/blocked',
  title: 'Register-blocked, shared memory',
  summary:
    'Tiles staged in shared memory feed a smaller tile of C in the registers of each invocation, four k at a time.',
  computes: gemmF32,
  rung: 3,
  wgsl: ({ shape, tunables: { threadM, threadN } }) => [
    ...gemmLoaders('f32', shape),
    registerTile({ threadM, threadN, readA: 'stagedA', readB: 'stagedB' }),
    blocked,
  ],
  tunables: {
    tileM: { values: [16, 32, 64, 128], default: 64, about: 'rows of C per workgroup' },
    tileN: { values: [32, 64, 128], default: 64, about: 'columns of C per workgroup' },
    tileK: { values: [8, 16, 32], default: 16, about: 'values along k staged at a time' },
    threadM: { values: [2, 4, 8], default: 4, about: 'rows of C per invocation' },
    threadN: { values: [4, 8], default: 4, about: 'columns of C per invocation' },
  },
  valid({ tunables: { tileM, tileN, tileK, threadM, threadN } }, facts) {
    if (tileM % threadM !== 0) return `tileM=${tileM} is no multiple of threadM=${threadM}`;
    if (tileN % threadN !== 0) return `tileN=${tileN} is no multiple of threadN=${threadN}`;
    return workgroupFits((tileM / threadM) * (tileN / threadN), facts, (tileM + tileN) * tileK * 4);
  },
  dispatch: ({ shape: { m, n }, tunables: { tileM, tileN } }) => [
    { workgroups: [Math.ceil(n / tileN), Math.ceil(m / tileM)] },
  ],
});
