/** The first rung: add, subtract or leave out, one element per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import words from '../lib/bit_words.wgsl';
import { naiveTunables, validGroup } from '../lib/bit-gemm.js';
import naive from './naive.wgsl';
import { gemmTernary } from './operation.js';

export default defineKernel({
  id: 'gemm-ternary/naive',
  title: 'Naive',
  summary: 'One invocation per element of C masks and flips each element of A as two bits of B say, and adds.',
  computes: gemmTernary,
  rung: 1,
  wgsl: [words, naive],
  tunables: naiveTunables,
  valid: ({ tunables }, device) => validGroup(tunables, device),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / groupX), Math.ceil(m / groupY)] },
  ],
});
