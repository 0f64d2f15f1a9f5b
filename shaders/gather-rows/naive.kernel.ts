/** The only rung: a word per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { gatherRung } from '../lib/gather/rung.js';
import naive from './naive.wgsl';
import { gatherRows } from './operation.js';

export default defineKernel({
  id: 'gather-rows/naive',
  summary: 'One invocation per word; neighbours behind one index read neighbours.',
  computes: gatherRows,
  ...gatherRung(naive),
});
