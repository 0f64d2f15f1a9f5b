/** The first rung: one invocation per element, straight from storage. */

import { defineKernel } from '../../src/kernel/kernel.js';
import element from '../lib/dense/element_f32.wgsl';
import { elementGrid } from '../lib/element-grid.js';
import naive from './naive.wgsl';
import { gemmF32 } from './operation.js';

export default defineKernel({
  id: 'gemm-f32/naive',
  title: 'Naive',
  summary: 'One invocation per element of C reads a row of A and a column of B from storage.',
  computes: gemmF32,
  rung: 1,
  wgsl: [element, naive],
  ...elementGrid,
});
