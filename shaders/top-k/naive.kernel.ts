/** The first rung: a line per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { lines } from '../lib/reduction/axis.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import keys from './keys.wgsl';
import naive from './naive.wgsl';
import { topK } from './operation.js';

export default defineKernel({
  id: 'top-k/naive',
  title: 'Naive',
  summary: 'One invocation goes through a line once for each element that is chosen.',
  computes: topK,
  rung: 1,
  wgsl: [keys, naive, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, lines(variant.shape)),
});
