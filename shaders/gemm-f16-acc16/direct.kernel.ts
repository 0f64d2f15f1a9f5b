/** Register blocking in f16, straight from storage. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { gemmLoaders } from '../lib/dense/loaders.js';
import direct from './direct.wgsl';
import { gemmF16Acc16 } from './operation.js';
import sums from './sums.wgsl';
import { fits, group, promoteEvery } from './tunables.js';

export default defineKernel({
  id: 'gemm-f16-acc16/direct',
  title: '4×4 per invocation, direct loads',
  summary: 'Each invocation keeps 4×4 chains in f16 and 4×4 sums in f32, with 8-byte loads of four f16.',
  computes: gemmF16Acc16,
  rung: 3,
  wgsl: ({ shape }) => [...gemmLoaders('f16', shape), sums, direct],
  requires: { features: ['shader-f16'] },
  tunables: { ...group, promoteEvery },
  valid: fits(0),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / (4 * groupX)), Math.ceil(m / (4 * groupY))] },
  ],
});
