/** Running sums along one dimension. */
import { defineOperation } from '../../src/kernel/operation.js';
import {
  type AxisShape,
  answerByLine,
  axisParameters,
  elements,
  elementsBinding,
  gamma,
  type LineAnswer,
} from '../lib/reduction/axis.js';

export interface CumulativeShape extends AxisShape {
  /** 1 where an element is left out of its own sum. */
  readonly exclusive: number;
  /** 1 to sum from the end. */
  readonly reverse: number;
}

/** Sum and sum of magnitudes up to each element. */
function running(line: Float64Array, { exclusive, reverse }: CumulativeShape): LineAnswer {
  const values = new Float64Array(line.length);
  const bounds = new Float64Array(line.length);
  let [sum, magnitude] = [0, 0];
  for (let step = 0; step < line.length; step++) {
    const a = reverse === 1 ? line.length - 1 - step : step;
    const [before, above] = [sum, magnitude];
    sum += line[a]!;
    magnitude += Math.abs(line[a]!);
    values[a] = exclusive === 1 ? before : sum;
    bounds[a] = gamma(step + 1) * (exclusive === 1 ? above : magnitude);
  }
  return { values, bounds };
}

export const cumulativeSum = defineOperation<CumulativeShape>({
  id: 'cumulative-sum',
  title: 'Cumulative sum',
  summary: 'y[o][a][i] = Σ x[o][b][i] over b ≤ a, or b < a, or from the end.',
  parameters: [
    { name: 'exclusive', about: '1 where an element is left out of its own sum, else 0', min: 0 },
    { name: 'reverse', about: '1 to sum from the end, else 0', min: 0 },
    ...axisParameters,
  ],
  bindings: [elementsBinding('x', 'read'), elementsBinding('y', 'read_write')],
  inputs: (shape, random) => ({ x: random.values(elements(shape)) }),
  reference: ({ x }, shape, pick) => answerByLine(x!, shape, pick, (line) => running(line, shape)),
  cost: (shape) => ({
    operations: { add32: elements(shape) },
    nominal: elements(shape),
    bytesRead: 4 * elements(shape),
    bytesWritten: 4 * elements(shape),
  }),
  cases: [
    { exclusive: 0, reverse: 0, outer: 1, axis: 1, inner: 1 },
    { exclusive: 0, reverse: 0, outer: 7, axis: 129, inner: 3 },
    { exclusive: 1, reverse: 0, outer: 3, axis: 40, inner: 5 },
    { exclusive: 0, reverse: 1, outer: 3, axis: 41, inner: 1 },
    { exclusive: 1, reverse: 1, outer: 65, axis: 7, inner: 1 },
  ],
  presets: [{ title: '4096 rows of 512', shape: { exclusive: 0, reverse: 0, outer: 4096, axis: 512, inner: 1 } }],
  sweep: [64, 256, 1024].map((size) => ({ exclusive: 0, reverse: 0, outer: size, axis: size, inner: 1 })),
});
