/** Places are marked with their first and last update first, so that a word goes through no others. */
import { defineKernel } from '../../src/kernel/kernel.js';
import marking from '../lib/scatter/marks.wgsl';
import { markedDispatch, marks } from '../lib/scatter/scatter.js';
import { fits, threads } from '../lib/strided/dispatch.js';
import { joinedSources, scatterReduce } from './operation.js';

export default defineKernel({
  id: 'scatter-reduce/marked',
  title: 'Marked',
  summary: 'Every update marks its place by atomic extremes; a word then goes only from its first update to its last.',
  computes: scatterReduce,
  rung: 2,
  wgsl: ({ shape }) => [...joinedSources(shape), marking],
  tunables: { threads },
  valid: fits,
  scratch: marks,
  dispatch: markedDispatch,
});
