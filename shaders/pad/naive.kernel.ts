/** The only rung: a word per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import { countOf, walkSource } from '../lib/strided/strided.js';
import naive from './naive.wgsl';
import { pad } from './operation.js';

export default defineKernel({
  id: 'pad/naive',
  title: 'Naive',
  summary: 'One invocation per word of y finds where in x it comes from, dimension by dimension.',
  computes: pad,
  rung: 1,
  wgsl: [walkSource([]), naive, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, countOf(variant.shape)),
});
