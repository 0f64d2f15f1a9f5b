/** The first rung: one invocation per element of C. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { elementGrid } from '../lib/element-grid.js';
import bindings from './bindings_scalar.wgsl';
import naive from './naive.wgsl';
import { spmmBitmap } from './operation.js';
import structure from './structure.wgsl';

export default defineKernel({
  id: 'spmm-bitmap/naive',
  title: 'Naive',
  summary: 'One invocation per element of C walks the set bits of its row.',
  computes: spmmBitmap,
  rung: 1,
  wgsl: [structure, bindings, naive],
  ...elementGrid,
});
