/** The first rung: every word goes through all updates. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { words } from '../lib/scatter/scatter.js';
import unmarked from '../lib/scatter/unmarked.wgsl';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import { joinedSources, scatterReduce } from './operation.js';

export default defineKernel({
  id: 'scatter-reduce/naive',
  title: 'Naive',
  summary: 'One invocation per word goes through all updates and joins those of its place.',
  computes: scatterReduce,
  rung: 1,
  wgsl: ({ shape }) => [...joinedSources(shape), unmarked, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, words(variant.shape)),
});
