/** Tiles in shared memory, prepared on the way in. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsSource } from '../lib/columns.js';
import { lmulSources } from '../lib/lmul-format.js';
import blocked from './blocked.wgsl';
import { fitsGemmLmul, gemmLmul, gemmLmulCost } from './operation.js';

export default defineKernel({
  id: 'gemm-lmul/blocked',
  title: 'Blocked',
  summary: 'Tiles of A and B are prepared once on their way into shared memory; 4 × 4 sums per invocation.',
  computes: gemmLmul,
  rung: 4,
  wgsl: ({ shape }) => [...lmulSources(shape), columnsSource(shape), blocked],
  tunables: {
    groupX: { values: [4, 8, 16], default: 16, about: 'workgroup width, 4 columns each' },
    groupY: { values: [4, 8, 16], default: 16, about: 'workgroup height, 4 rows each' },
    tileK: { values: [8, 16, 32], default: 16, about: 'depth of the tiles' },
  },
  valid: ({ shape, tunables }, facts) =>
    fitsGemmLmul(shape, tunables, facts, 16 * tunables.tileK * (tunables.groupX + tunables.groupY)),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / 4 / groupX), Math.ceil(m / 4 / groupY)] },
  ],
  cost: ({ shape, tunables: { groupX, groupY } }) => {
    const { m, n, k } = shape;
    return gemmLmulCost(shape, m * k * Math.ceil(n / 4 / groupX) + k * n * Math.ceil(m / 4 / groupY));
  },
});
