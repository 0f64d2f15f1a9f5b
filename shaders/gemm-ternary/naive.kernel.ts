/** The first rung: add, subtract or leave out, one element per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import words from '../lib/bit_words.wgsl';
import { elementGrid } from '../lib/element-grid.js';
import naive from './naive.wgsl';
import { gemmTernary } from './operation.js';

export default defineKernel({
  id: 'gemm-ternary/naive',
  title: 'Naive',
  summary: 'One invocation per element of C masks and flips each element of A as two bits of B say, and adds.',
  computes: gemmTernary,
  rung: 1,
  wgsl: [words, naive],
  ...elementGrid,
});
