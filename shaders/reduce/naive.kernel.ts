/** The first rung: a line per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { lines } from '../lib/reduction/axis.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import naive from './naive.wgsl';
import { reduce, reduceSources } from './operation.js';

export default defineKernel({
  id: 'reduce/naive',
  title: 'Naive',
  summary: 'One invocation goes through a line; neighbours take neighbouring lines, which suits inner sizes above 1.',
  computes: reduce,
  rung: 1,
  wgsl: ({ shape }) => [...reduceSources(shape), naive, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, lines(variant.shape)),
});
