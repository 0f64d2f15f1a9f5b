/** The only rung: a line per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { lines } from '../lib/reduction/axis.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import naive from './naive.wgsl';
import { cumulativeSum } from './operation.js';

export default defineKernel({
  id: 'cumulative-sum/naive',
  title: 'Naive',
  summary: 'One invocation goes through a line.',
  computes: cumulativeSum,
  rung: 1,
  wgsl: [naive, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, lines(variant.shape)),
});
