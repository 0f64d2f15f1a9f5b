/** The only rung: an element per invocation, its operands found by their steps. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import { countOf, walkSource } from '../lib/strided/strided.js';
import naive from './naive.wgsl';
import { select } from './operation.js';

export default defineKernel({
  id: 'select/naive',
  title: 'Naive',
  summary: 'One invocation per element reads the condition, then only the operand that it chooses.',
  computes: select,
  rung: 1,
  wgsl: [walkSource(['c', 'a', 'b']), naive, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, countOf(variant.shape)),
});
