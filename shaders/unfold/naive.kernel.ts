/** The only rung: a word per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import naive from './naive.wgsl';
import { unfold, wordsOf } from './operation.js';

export default defineKernel({
  id: 'unfold/naive',
  title: 'Naive',
  summary: 'One invocation per word finds its place under the window; neighbours write neighbours.',
  computes: unfold,
  rung: 1,
  wgsl: [naive, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, wordsOf(variant.shape)),
});
