/** Elements of a tensor, each chosen by an index of its own along one dimension. */
import { defineOperation } from '../../src/kernel/operation.js';

export interface GatherElementsShape {
  readonly [name: string]: number;
  readonly outer: number;
  readonly axis: number;
  readonly inner: number;
  readonly indices: number;
}

const words = ({ outer, indices, inner }: GatherElementsShape): number => outer * indices * inner;

export const gatherElements = defineOperation<GatherElementsShape>({
  id: 'gather-elements',
  title: 'Gather elements',
  summary: 'y[o][j][i] = x[o][index[o][j][i]][i], where negative indices count from the end.',
  parameters: [
    { name: 'outer', about: 'product of the sizes before the dimension' },
    { name: 'axis', about: 'size of the dimension in x' },
    { name: 'inner', about: 'product of the sizes behind the dimension' },
    { name: 'indices', about: 'size of the dimension in index and y' },
  ],
  bindings: [
    {
      name: 'x',
      access: 'read',
      element: 'u32',
      length: ({ outer, axis, inner }) => outer * axis * inner,
      about: 'outer × axis × inner words',
    },
    { name: 'index', access: 'read', element: 'i32', length: words, about: 'from −axis to axis − 1' },
    { name: 'y', access: 'read_write', element: 'u32', length: words, about: 'outer × indices × inner words' },
  ],
  inputs: (shape, random) => ({
    x: Uint32Array.from({ length: shape.outer * shape.axis * shape.inner }, () => random.below(2 ** 32)),
    index: Int32Array.from({ length: words(shape) }, () => random.below(2 * shape.axis) - shape.axis),
  }),
  reference: ({ x, index }, shape, pick) => {
    const { axis, inner, indices } = shape;
    const rows = pick(words(shape));
    const values = Float64Array.from(rows, (row) => {
      const chosen = index![row]!;
      const outer = Math.floor(row / inner / indices);
      return x![(outer * axis + (chosen < 0 ? chosen + axis : chosen)) * inner + (row % inner)]!;
    });
    return [{ output: 'y', columns: 1, rows, values, bounds: new Float64Array(rows.length) }];
  },
  cost: (shape) => ({
    operations: { iadd: words(shape) },
    nominal: words(shape),
    bytesRead: 8 * words(shape),
    bytesWritten: 4 * words(shape),
  }),
  cases: [
    { outer: 1, axis: 1, inner: 1, indices: 1 },
    { outer: 3, axis: 7, inner: 5, indices: 11 },
    { outer: 65, axis: 30, inner: 1, indices: 3 },
  ],
  presets: [{ title: 'One of 32,000 for each of 512', shape: { outer: 512, axis: 32000, inner: 1, indices: 1 } }],
  sweep: [16, 64, 256, 1024].map((size) => ({ outer: size, axis: size, inner: 1, indices: size })),
});
