/** The first rung: one element per invocation, its operands found by their steps. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { stridedSources } from '../lib/elementwise/binary.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import { countOf } from '../lib/strided/strided.js';
import { elementwiseBinary, form } from './operation.js';

export default defineKernel({
  id: 'elementwise-binary/strided',
  title: 'By steps',
  summary: 'One invocation per element takes its coordinates apart and finds each operand by its steps.',
  computes: elementwiseBinary,
  rung: 1,
  wgsl: stridedSources(form),
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, countOf(variant.shape)),
});
