/** The first rung: and, population count and shift, one element per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import words from '../lib/bit_words.wgsl';
import { elementGrid } from '../lib/element-grid.js';
import naive from './naive.wgsl';
import { gemmW2a2 } from './operation.js';

export default defineKernel({
  id: 'gemm-w2a2/naive',
  title: 'Naive',
  summary: 'One invocation per element of C; four ands and population counts are 32 products of 2 bits.',
  computes: gemmW2a2,
  rung: 1,
  wgsl: [words, naive],
  ...elementGrid,
});
