/** The first rung: one invocation per element, operands prepared for every product. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { elementGrid } from '../lib/element-grid.js';
import { lmulSources } from '../lib/lmul-format.js';
import naive from './naive.wgsl';
import { fitsGemmLmul, gemmLmul, gemmLmulCost } from './operation.js';

export default defineKernel({
  id: 'gemm-lmul/naive',
  title: 'Naive',
  summary: 'One invocation per element of C; both operands are reduced or clamped anew for every product.',
  computes: gemmLmul,
  rung: 1,
  wgsl: ({ shape }) => [...lmulSources(shape), naive],
  ...elementGrid,
  valid: ({ shape, tunables }, facts) => fitsGemmLmul(shape, tunables, facts),
  cost: ({ shape }) => gemmLmulCost(shape, 2 * shape.m * shape.n * shape.k),
});
