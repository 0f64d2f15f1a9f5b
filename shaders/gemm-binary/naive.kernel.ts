/** The first rung: exclusive or and population count, one element per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import words from '../lib/bit_words.wgsl';
import { elementGrid } from '../lib/element-grid.js';
import naive from './naive.wgsl';
import { gemmBinary } from './operation.js';

export default defineKernel({
  id: 'gemm-binary/naive',
  title: 'Naive',
  summary: 'One invocation per element of C; 32 products are one exclusive or and one population count.',
  computes: gemmBinary,
  rung: 1,
  wgsl: [words, naive],
  ...elementGrid,
});
