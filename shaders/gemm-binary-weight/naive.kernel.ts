/** The first rung: add or subtract, one element per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { elementGrid } from '../lib/element-grid.js';
import naive from './naive.wgsl';
import { gemmBinaryWeight } from './operation.js';

export default defineKernel({
  id: 'gemm-binary-weight/naive',
  title: 'Naive',
  summary: 'One invocation per element of C flips the sign of A where a bit of B says so, and adds.',
  computes: gemmBinaryWeight,
  rung: 1,
  wgsl: [naive],
  ...elementGrid,
});
