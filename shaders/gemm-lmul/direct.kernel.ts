/** Register blocking without shared memory. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { columnsSource } from '../lib/columns.js';
import { lmulSources } from '../lib/lmul-format.js';
import direct from './direct.wgsl';
import { fitsGemmLmul, gemmLmul, gemmLmulCost } from './operation.js';

export default defineKernel({
  id: 'gemm-lmul/direct',
  title: 'Direct',
  summary: 'Each invocation keeps 4 × 4 sums in registers and loads straight from storage: 8 operands for 16 products.',
  computes: gemmLmul,
  rung: 2,
  wgsl: ({ shape }) => [...lmulSources(shape), columnsSource(shape), direct],
  tunables: {
    groupX: { values: [4, 8, 16], default: 8, about: 'workgroup width, 4 columns each' },
    groupY: { values: [4, 8, 16], default: 8, about: 'workgroup height, 4 rows each' },
  },
  valid: ({ shape, tunables }, facts) => fitsGemmLmul(shape, tunables, facts),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / 4 / groupX), Math.ceil(m / 4 / groupY)] },
  ],
  cost: ({ shape }) => gemmLmulCost(shape, (shape.m * shape.n * shape.k) / 2),
});
