/** Register blocking with rows of A shared through the subgroup instead of shared memory. */
import { defineKernel } from '../../src/kernel/kernel.js';
import read from '../lib/dense/gemm_read.wgsl';
import { gemmLoaders } from '../lib/dense/loaders.js';
import { registerTile } from '../lib/register-tile.js';
import { broadcastFits } from '../lib/workgroup-fits.js';
import { gemmF32 } from './operation.js';
import subgroup from './subgroup.wgsl';

export default defineKernel({
  id: 'gemm-f32/subgroup',
  title: 'Register-blocked, subgroup broadcast',
  summary: 'Each lane loads other rows of A and broadcasts them to its subgroup, so A is read once per subgroup.',
  computes: gemmF32,
  rung: 5,
  wgsl: ({ shape, tunables: { threadM, threadN, lanesPerLoad } }) => [
    ...gemmLoaders('f32', shape),
    read,
    registerTile({ threadM, threadN, readA: 'readA', readB: 'readB', lanesPerLoad }),
    subgroup,
  ],
  requires: { features: ['subgroups'] },
  tunables: {
    threadM: { values: [4, 8, 16], default: 16, about: 'rows of C per invocation, shared by the workgroup' },
    threadN: { values: [4, 8], default: 4, about: 'columns of C per invocation' },
    threads: { values: [16, 32, 64, 128], default: 64, about: 'invocations per workgroup, along n' },
    lanesPerLoad: { values: [4, 8, 16], default: 4, about: 'rows of A loaded at once, each by its own lane' },
  },
  valid: ({ tunables }, facts) => broadcastFits(tunables, facts),
  dispatch: ({ shape: { m, n }, tunables: { threadM, threadN, threads } }) => [
    { workgroups: [Math.ceil(n / (threads * threadN)), Math.ceil(m / threadM)] },
  ],
});
