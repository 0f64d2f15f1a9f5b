/** Workgroup memory and registers together; the body of `gemm-f32/blocked`, whose tiles stay f16. */
import { defineKernel } from '../../src/kernel/kernel.js';
import blocked from '../gemm-f32/blocked.wgsl';
import { gemmLoaders } from '../lib/dense/loaders.js';
import { registerTile } from '../lib/register-tile.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { gemmF16 } from './operation.js';

export default defineKernel({
  id: 'gemm-f16/blocked',
  title: 'Register-blocked, shared memory',
  summary: 'Tiles staged as f16 in shared memory feed an f32 tile of C in the registers of each invocation.',
  computes: gemmF16,
  rung: 2,
  wgsl: ({ shape, tunables: { threadM, threadN } }) => [
    ...gemmLoaders('f16', shape),
    registerTile({ threadM, threadN, readA: 'stagedA', readB: 'stagedB' }),
    blocked,
  ],
  requires: { features: ['shader-f16'] },
  tunables: {
    tileM: { values: [32, 64, 128], default: 64, about: 'rows of C per workgroup' },
    tileN: { values: [32, 64, 128], default: 64, about: 'columns of C per workgroup' },
    tileK: { values: [16, 32], default: 32, about: 'values along k staged at a time' },
    threadM: { values: [4, 8], default: 4, about: 'rows of C per invocation' },
    threadN: { values: [4, 8], default: 4, about: 'columns of C per invocation' },
  },
  valid: ({ tunables: { tileM, tileN, tileK, threadM, threadN } }, facts) =>
    workgroupFits((tileM / threadM) * (tileN / threadN), facts, (tileM + tileN) * tileK * 2),
  dispatch: ({ shape: { m, n }, tunables: { tileM, tileN } }) => [
    { workgroups: [Math.ceil(n / tileN), Math.ceil(m / tileM)] },
  ],
});
