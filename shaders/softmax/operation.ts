/** Softmax along one dimension, or its logarithm. */
import { defineOperation } from '../../src/kernel/operation.js';
import {
  type AxisShape,
  answerByLine,
  axisParameters,
  elements,
  elementsBinding,
  gamma,
  type LineAnswer,
  sum,
  ulp,
} from '../lib/reduction/axis.js';
import { Approximate, approximate, boundOf } from '../lib/running-error.js';

export interface SoftmaxShape extends AxisShape {
  /** 1 for the logarithm. */
  readonly log: number;
}

/** Bounds of one line: the exponents d = x − max round once, and `exp` has 3 + 2·|d| ulp. */
function answer(line: Float64Array, log: boolean): LineAnswer {
  const most = line.reduce((a, b) => Math.max(a, b));
  const terms = line.map((x) => Math.exp(x - most));
  const total = sum(terms);
  const error = sum(terms.map((term, i) => term * (3 + 3 * (most - line[i]!)) * ulp)) + gamma(line.length) * total;
  const whole = new Approximate(total, 1.01 * error);
  const results = Array.from(line, (x) => {
    const d = approximate(x).minus(approximate(most));
    return log ? d.minus(whole.log()) : d.exp().over(whole);
  });
  return {
    values: results.map(({ value }) => value),
    bounds: results.map((result) => boundOf(result, result.value)),
  };
}

export const softmax = defineOperation<SoftmaxShape>({
  id: 'softmax',
  title: 'Softmax',
  summary: 'y = exp(x − max) / Σ exp(x − max) along one dimension of outer × axis × inner, or the logarithm of that.',
  parameters: [{ name: 'log', about: '1 for the logarithm, else 0', min: 0 }, ...axisParameters],
  bindings: [elementsBinding('x', 'read'), elementsBinding('y', 'read_write')],
  inputs: (shape, random) => ({ x: random.values(elements(shape)).map((value) => 3 * value) }),
  reference: ({ x }, shape, pick) => answerByLine(x!, shape, pick, (line) => answer(line, shape.log === 1)),
  cost: (shape) => ({
    operations: { sfu: elements(shape), add32: 3 * elements(shape), mul32: elements(shape) },
    nominal: 5 * elements(shape),
    bytesRead: 4 * elements(shape),
    bytesWritten: 4 * elements(shape),
  }),
  cases: [
    { log: 0, outer: 1, axis: 1, inner: 1 },
    { log: 0, outer: 7, axis: 129, inner: 1 },
    { log: 1, outer: 5, axis: 300, inner: 1 },
    { log: 0, outer: 3, axis: 10, inner: 33 },
    { log: 1, outer: 2, axis: 67, inner: 3 },
  ],
  presets: [
    { title: 'Attention of 512 tokens, 12 heads', shape: { log: 0, outer: 6144, axis: 512, inner: 1 } },
    { title: 'Next of 32,000 tokens', shape: { log: 1, outer: 16, axis: 32000, inner: 1 } },
  ],
  sweep: [64, 128, 256, 512, 1024].map((size) => ({ log: 0, outer: size, axis: size, inner: 1 })),
});
