/** The first rung: a word per invocation, found by its coordinates. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import { countOf, walkSource } from '../lib/strided/strided.js';
import { stridedCopy } from './operation.js';
import strided from './strided.wgsl';

export default defineKernel({
  id: 'strided-copy/strided',
  title: 'By steps',
  summary:
    'One invocation per word takes its coordinates apart; neighbours write neighbours where y is walked in order.',
  computes: stridedCopy,
  rung: 1,
  wgsl: [walkSource(['x', 'y']), strided, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, countOf(variant.shape)),
});
