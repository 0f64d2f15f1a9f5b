/** Operands of one form, or one of them a single number: no coordinates, and four results per store. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { lineSources } from '../lib/elementwise/binary.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import { countOf, isLine } from '../lib/strided/strided.js';
import { elementwiseBinary, form } from './operation.js';

export default defineKernel({
  id: 'elementwise-binary/line',
  title: 'Along a line',
  summary: 'Where both operands lie like the result, or are a single number, each invocation computes four neighbours.',
  computes: elementwiseBinary,
  rung: 2,
  wgsl: lineSources(form),
  tunables: { threads },
  valid: (variant, facts) => {
    const { shape } = variant;
    if (!isLine(shape, ['a', 'b'])) return 'the operands are broadcast along some dimensions';
    return countOf(shape) % 4 === 0
      ? fits(variant, facts)
      : 'the count is no multiple of 4; elementwise-binary/strided takes any';
  },
  dispatch: (variant) => lined(variant, countOf(variant.shape) / 4),
});
