/** The only rung: a place per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import { countOf, walkSource } from '../lib/strided/strided.js';
import naive from './naive.wgsl';
import { flatIndex } from './operation.js';

export default defineKernel({
  id: 'flat-index/naive',
  title: 'Naive',
  summary: 'One invocation per place goes through its indices.',
  computes: flatIndex,
  rung: 1,
  wgsl: [walkSource(['y']), naive, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, countOf(variant.shape)),
});
