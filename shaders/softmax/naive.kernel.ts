/** The first rung: a line per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { lines } from '../lib/reduction/axis.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import naive from './naive.wgsl';
import { softmax } from './operation.js';

export default defineKernel({
  id: 'softmax/naive',
  title: 'Naive',
  summary: 'One invocation goes through a line three times: the largest, the sum, the results.',
  computes: softmax,
  rung: 1,
  wgsl: [naive, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, lines(variant.shape)),
});
