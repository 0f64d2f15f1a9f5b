/** Register blocking alone: every operand comes straight from storage. */

import { defineKernel } from '../../src/kernel/kernel.js';
import read from '../lib/dense/gemm_read.wgsl';
import { gemmLoaders } from '../lib/dense/loaders.js';
import { registerTile } from '../lib/register-tile.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import direct from './direct.wgsl';
import { gemmF32 } from './operation.js';

export default defineKernel({
  id: 'gemm-f32/direct',
  title: 'Register-blocked, direct loads',
  summary: 'A tile of C in the registers of each invocation reuses vec4 loads, with no shared memory and no barrier.',
  computes: gemmF32,
  rung: 4,
  wgsl: ({ shape, tunables: { threadM, threadN } }) => [
    ...gemmLoaders('f32', shape),
    read,
    registerTile({ threadM, threadN, readA: 'readA', readB: 'readB' }),
    direct,
  ],
  tunables: {
    threadM: { values: [2, 4, 8], default: 4, about: 'rows of C per invocation' },
    threadN: { values: [4, 8], default: 4, about: 'columns of C per invocation' },
    groupX: { values: [4, 8, 16], default: 8, about: 'workgroup width, along n' },
    groupY: { values: [2, 4, 8, 16], default: 8, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, facts) => workgroupFits(groupX * groupY, facts),
  dispatch: ({ shape: { m, n }, tunables: { threadM, threadN, groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / (groupX * threadN)), Math.ceil(m / (groupY * threadM))] },
  ],
});
