/** The first rung: one invocation per element, straight from storage; the body of `gemm-f32/naive`. */

import { defineKernel } from '../../src/kernel/kernel.js';
import naive from '../gemm-f32/naive.wgsl';
import element from '../lib/dense/element_f16.wgsl';
import { elementGrid } from '../lib/element-grid.js';
import { gemmF16 } from './operation.js';

export default defineKernel({
  id: 'gemm-f16/naive',
  title: 'Naive',
  summary: 'One invocation per element of C reads a row of A and a column of B, and adds the products in f32.',
  computes: gemmF16,
  rung: 1,
  wgsl: [element, naive],
  requires: { features: ['shader-f16'] },
  ...elementGrid,
});
