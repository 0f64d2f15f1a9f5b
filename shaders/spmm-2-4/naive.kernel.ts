/** The first rung: one invocation per element of C. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { elementGrid } from '../lib/element-grid.js';
import naive from './naive.wgsl';
import { spmmTwoFour } from './operation.js';

export default defineKernel({
  id: 'spmm-2-4/naive',
  title: 'Naive',
  summary: 'One invocation per element of C walks the groups of its row and decodes every weight and place by itself.',
  computes: spmmTwoFour,
  rung: 1,
  wgsl: [naive],
  ...elementGrid,
});
