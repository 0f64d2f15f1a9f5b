/** The first rung: every word looks through all updates. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { words } from '../lib/scatter/scatter.js';
import unmarked from '../lib/scatter/unmarked.wgsl';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import last from './last.wgsl';
import { scatter } from './operation.js';

export default defineKernel({
  id: 'scatter/naive',
  title: 'Naive',
  summary: 'One invocation per word looks through all updates from the last on.',
  computes: scatter,
  rung: 1,
  wgsl: [last, unmarked, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, words(variant.shape)),
});
