/** y[o][i] = where along the dimension the largest or smallest element stands. */

import { defineOperation } from '../../src/kernel/operation.js';
import { exactAnswer } from '../lib/answer.js';
import {
  type AxisShape,
  axisParameters,
  costOfReducing,
  elements,
  elementsBinding,
  lineOf,
  lines,
} from '../lib/reduction/axis.js';

export interface ArgShape extends AxisShape {
  /** 1 for the largest, 0 for the smallest. */
  readonly largest: number;
  /** 1 for the last of equal ones, 0 for the first. */
  readonly last: number;
}

function place(line: Float64Array, { largest, last }: ArgShape): number {
  let best = 0;
  for (let a = 1; a < line.length; a++) {
    const order = (line[a]! - line[best]!) * (largest === 1 ? 1 : -1);
    if (order > 0 || (order === 0 && last === 1)) best = a;
  }
  return best;
}

export const argReduce = defineOperation<ArgShape>({
  id: 'arg-reduce',
  title: 'Place of the extreme',
  summary: 'y[o][i] = the a for which x[o][a][i] is largest, or smallest, the first or the last of equal ones.',
  parameters: [
    { name: 'largest', about: '1 for the largest, 0 for the smallest', min: 0 },
    { name: 'last', about: '1 for the last of equal elements, 0 for the first', min: 0 },
    ...axisParameters,
  ],
  bindings: [
    elementsBinding('x', 'read'),
    { name: 'y', access: 'read_write', element: 'i32', length: lines, about: 'outer × inner places along the axis' },
  ],
  // Eighths, so that some are equal.
  inputs: (shape, random) => ({ x: random.values(elements(shape)).map((value) => Math.round(8 * value) / 8) }),
  reference: ({ x }, shape, pick) =>
    exactAnswer('y', pick(lines(shape)), (line) => place(lineOf(x!, shape, line), shape)),
  cost: costOfReducing,
  cases: [
    { largest: 1, last: 0, outer: 1, axis: 1, inner: 1 },
    { largest: 1, last: 0, outer: 5, axis: 301, inner: 1 },
    { largest: 1, last: 1, outer: 3, axis: 67, inner: 5 },
    { largest: 0, last: 0, outer: 9, axis: 10, inner: 3 },
    { largest: 0, last: 1, outer: 2, axis: 999, inner: 1 },
  ],
  presets: [{ title: 'Next of 32,000 tokens', shape: { largest: 1, last: 0, outer: 64, axis: 32000, inner: 1 } }],
  sweep: [64, 256, 1024, 4096].map((axis) => ({ largest: 1, last: 0, outer: 256, axis, inner: 1 })),
});
