/** Register blocking in f16 from tiles in workgroup memory. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { gemmLoaders } from '../lib/dense/loaders.js';
import blocked from './blocked.wgsl';
import { gemmF16Acc16 } from './operation.js';
import sums from './sums.wgsl';
import { fits, group, promoteEvery } from './tunables.js';

export default defineKernel({
  id: 'gemm-f16-acc16/blocked',
  title: '4×4 per invocation, shared memory',
  summary: 'Tiles as deep as a chain is long are staged as f16 in shared memory; the sums move to f32 with every tile.',
  computes: gemmF16Acc16,
  rung: 2,
  wgsl: ({ shape }) => [...gemmLoaders('f16', shape), sums, blocked],
  requires: { features: ['shader-f16'] },
  tunables: { ...group, promoteEvery },
  valid: fits(8),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / (4 * groupX)), Math.ceil(m / (4 * groupY))] },
  ],
});
