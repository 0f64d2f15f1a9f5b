/** The first rung: one invocation per element of C. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { elementGrid } from '../lib/element-grid.js';
import naive from './naive.wgsl';
import { spmmNm } from './operation.js';
import structure from './structure.wgsl';

export default defineKernel({
  id: 'spmm-nm/naive',
  title: 'Naive',
  summary: 'One invocation per element of C walks the stored columns of its row and decodes every index by itself.',
  computes: spmmNm,
  rung: 1,
  wgsl: [structure, naive],
  ...elementGrid,
});
