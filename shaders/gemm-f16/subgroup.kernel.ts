/** Register blocking with rows of A shared through the subgroup; the body of `gemm-f32/subgroup`. */
import { defineKernel } from '../../src/kernel/kernel.js';
import subgroup from '../gemm-f32/subgroup.wgsl';
import { loadersFor } from '../lib/f16-gemm.js';
import { registerTile } from '../lib/register-tile.js';
import { gemmF16 } from './operation.js';
import readF32 from './read_f32.wgsl';

export default defineKernel({
  id: 'gemm-f16/subgroup',
  title: 'Register-blocked, subgroup broadcast',
  summary: 'Each lane loads other rows of A and broadcasts them to its subgroup, so A is read once per subgroup.',
  computes: gemmF16,
  rung: 4,
  wgsl: ({ shape, tunables: { threadM, threadN, lanesPerLoad } }) => [
    loadersFor(shape),
    readF32,
    registerTile({ threadM, threadN, readA: 'readA', readB: 'readB', lanesPerLoad }),
    subgroup,
  ],
  requires: { features: ['shader-f16', 'subgroups'] },
  tunables: {
    threadM: { values: [4, 8, 16], default: 16, about: 'rows of C per invocation, shared by the workgroup' },
    threadN: { values: [4, 8], default: 4, about: 'columns of C per invocation' },
    threads: { values: [16, 32, 64, 128], default: 64, about: 'invocations per workgroup, along n' },
    lanesPerLoad: { values: [4, 8, 16], default: 4, about: 'rows of A loaded at once, each by its own lane' },
  },
  valid({ tunables: { threadM, threads, lanesPerLoad } }, { limits, subgroup: sizes }) {
    if (threads > (limits.maxComputeInvocationsPerWorkgroup ?? 0)) {
      return `a workgroup of ${threads} is larger than this device allows`;
    }
    if (threadM % lanesPerLoad !== 0) return `threadM=${threadM} is no multiple of lanesPerLoad=${lanesPerLoad}`;
    // A workgroup smaller than a subgroup leaves lanes that do not exist.
    const lanes = Math.min(sizes?.min ?? 0, threads);
    return (
      lanesPerLoad <= lanes || `a subgroup may have ${lanes} lanes here, and lanesPerLoad=${lanesPerLoad} needs more`
    );
  },
  dispatch: ({ shape: { m, n }, tunables: { threadM, threadN, threads } }) => [
    { workgroups: [Math.ceil(n / (threads * threadN)), Math.ceil(m / threadM)] },
  ],
});
