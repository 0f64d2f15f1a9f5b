/** The first rung: one invocation per element of C. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { elementGrid } from '../lib/element-grid.js';
import { blockSource } from './block.js';
import naive from './naive.wgsl';
import { spmmBlock } from './operation.js';

export default defineKernel({
  id: 'spmm-block/naive',
  title: 'Naive',
  summary: 'One invocation per element of C walks the blocks of its block row and reads weights and X from storage.',
  computes: spmmBlock,
  rung: 1,
  wgsl: ({ shape }) => [blockSource(shape), naive],
  ...elementGrid,
});
