/** One dimension brought to another size: every place of the result is a weighted sum of a few places of x. */
import { defineOperation } from '../../src/kernel/operation.js';
import { bitsOfF32, f32OfBits } from '../lib/elementwise/special.js';
import { gamma } from '../lib/reduction/axis.js';

export interface ResampleShape {
  readonly [name: string]: number;
  readonly outer: number;
  readonly axis: number;
  readonly inner: number;
  /** Size of the dimension in y. */
  readonly places: number;
  /** Elements of x that a place of y is made of. */
  readonly taps: number;
  /** Bits of an f32. */
  readonly fill: number;
}

const results = ({ outer, places, inner }: ResampleShape): number => outer * places * inner;
const tableSize = ({ places, taps }: ResampleShape): number => places * taps;

const shapeOf = (outer: number, axis: number, inner: number, places: number, taps: number): ResampleShape => ({
  outer,
  axis,
  inner,
  places,
  taps,
  fill: bitsOfF32(10),
});

export const resample = defineOperation<ResampleShape>({
  id: 'resample',
  title: 'Resample',
  summary:
    'y[o][j][i] = Σ over t of weight[j][t] · x[o][index[j][t]][i], or a constant where the first index is negative.',
  parameters: [
    { name: 'outer', about: 'product of the sizes before the dimension' },
    { name: 'axis', about: 'size of the dimension in x' },
    { name: 'inner', about: 'product of the sizes behind the dimension' },
    { name: 'places', about: 'size of the dimension in y' },
    { name: 'taps', about: 'elements of x for each place: 1 nearest, 2 linear, 4 cubic' },
    { name: 'fill', about: 'what stands where nothing is taken, as the bits of an f32', min: 0 },
  ],
  bindings: [
    {
      name: 'x',
      access: 'read',
      element: 'f32',
      length: ({ outer, axis, inner }) => outer * axis * inner,
      about: 'outer × axis × inner',
    },
    {
      name: 'index',
      access: 'read',
      element: 'i32',
      length: tableSize,
      about: 'places × taps, −1 first for the constant',
    },
    { name: 'weight', access: 'read', element: 'f32', length: tableSize, about: 'places × taps' },
    { name: 'y', access: 'read_write', element: 'f32', length: results, about: 'outer × places × inner' },
  ],
  inputs: (shape, random) => {
    const { outer, axis, inner, places, taps } = shape;
    const index = Int32Array.from({ length: tableSize(shape) }, () => random.below(axis));
    // Every eighth place is outside.
    for (let j = 3; j < places; j += 8) index[j * taps] = -1;
    return { x: random.values(outer * axis * inner), index, weight: random.values(tableSize(shape)) };
  },
  reference: ({ x, index, weight }, shape, pick) => {
    const { axis, inner, places, taps } = shape;
    const rows = pick(results(shape));
    const values = new Float64Array(rows.length);
    const bounds = new Float64Array(rows.length);
    rows.forEach((row, r) => {
      const j = Math.floor(row / inner) % places;
      const first = Math.floor(row / inner / places) * axis * inner + (row % inner);
      for (let t = j * taps; t < (j + 1) * taps; t++) {
        const term = weight![t]! * x![first + index![t]! * inner]!;
        values[r]! += term;
        bounds[r]! += gamma(taps) * Math.abs(term);
      }
      if (index![j * taps]! < 0) [values[r], bounds[r]] = [f32OfBits(shape.fill), 0];
    });
    return [{ output: 'y', columns: 1, rows, values, bounds }];
  },
  cost: (shape) => ({
    operations: { fma32: results(shape) * shape.taps },
    nominal: 2 * results(shape) * shape.taps,
    bytesRead: 4 * shape.outer * shape.axis * shape.inner + 8 * tableSize(shape),
    bytesWritten: 4 * results(shape),
  }),
  cases: [
    shapeOf(1, 1, 1, 1, 1),
    shapeOf(3, 7, 5, 13, 1),
    shapeOf(2, 16, 9, 11, 2),
    shapeOf(5, 9, 1, 20, 4),
    shapeOf(1, 100, 3, 10, 21),
  ],
  presets: [
    { title: 'Linear, rows of 64 maps from 112 to 224', shape: shapeOf(64, 112, 112, 224, 2) },
    { title: 'Cubic, columns of 64 maps from 112 to 224', shape: shapeOf(64 * 224, 112, 1, 224, 4) },
  ],
  sweep: [16, 32, 64, 128, 256].map((size) => shapeOf(8, size, size, 2 * size, 2)),
});
