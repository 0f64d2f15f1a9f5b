/** Places are marked with their last update first, so that no word looks for it. */
import { defineKernel } from '../../src/kernel/kernel.js';
import marking from '../lib/scatter/marks.wgsl';
import { markedDispatch, marks } from '../lib/scatter/scatter.js';
import { fits, threads } from '../lib/strided/dispatch.js';
import last from './last.wgsl';
import { scatter } from './operation.js';

export default defineKernel({
  id: 'scatter/marked',
  title: 'Marked',
  summary: 'Every update marks its place by an atomic maximum; then a word reads the one update that stays, or none.',
  computes: scatter,
  rung: 2,
  wgsl: [last, marking],
  tunables: { threads },
  valid: fits,
  scratch: marks,
  dispatch: markedDispatch,
});
