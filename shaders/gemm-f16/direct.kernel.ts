/** Register blocking alone: f16 operands straight from storage, the body of `gemm-f32/direct`. */

import { defineKernel } from '../../src/kernel/kernel.js';
import direct from '../gemm-f32/direct.wgsl';
import read from '../lib/dense/gemm_read.wgsl';
import { gemmLoaders } from '../lib/dense/loaders.js';
import { registerTile } from '../lib/register-tile.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { gemmF16 } from './operation.js';

export default defineKernel({
  id: 'gemm-f16/direct',
  title: 'Register-blocked, direct loads',
  summary: 'An f32 tile of C in the registers of each invocation is fed by 8-byte loads of four f16 each.',
  computes: gemmF16,
  rung: 3,
  wgsl: ({ shape, tunables: { threadM, threadN } }) => [
    ...gemmLoaders('f16', shape),
    read,
    registerTile({ threadM, threadN, readA: 'readA', readB: 'readB' }),
    direct,
  ],
  requires: { features: ['shader-f16'] },
  tunables: {
    threadM: { values: [2, 4, 8], default: 4, about: 'rows of C per invocation' },
    threadN: { values: [4, 8], default: 4, about: 'columns of C per invocation' },
    groupX: { values: [4, 8, 16], default: 8, about: 'workgroup width, along n' },
    groupY: { values: [4, 8, 16], default: 8, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, facts) => workgroupFits(groupX * groupY, facts),
  dispatch: ({ shape: { m, n }, tunables: { threadM, threadN, groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / (groupX * threadN)), Math.ceil(m / (groupY * threadM))] },
  ],
});
