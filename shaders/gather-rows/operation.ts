/** Slices of a tensor, chosen by indices along one dimension. */
import { defineOperation } from '../../src/kernel/operation.js';

export interface GatherShape {
  readonly [name: string]: number;
  readonly outer: number;
  readonly axis: number;
  readonly inner: number;
  readonly indices: number;
}

const words = ({ outer, indices, inner }: GatherShape): number => outer * indices * inner;

export const gatherRows = defineOperation<GatherShape>({
  id: 'gather-rows',
  title: 'Gather',
  summary: 'y[o][j][i] = x[o][index[j]][i], where negative indices count from the end.',
  parameters: [
    { name: 'outer', about: 'elements before the dimension, i.e. product of the sizes before it' },
    { name: 'axis', about: 'size of the dimension in x' },
    { name: 'inner', about: 'words behind each index' },
    { name: 'indices', about: 'indices, and size of the dimension in y' },
  ],
  bindings: [
    {
      name: 'x',
      access: 'read',
      element: 'u32',
      length: ({ outer, axis, inner }) => outer * axis * inner,
      about: 'outer × axis × inner words',
    },
    {
      name: 'index',
      access: 'read',
      element: 'i32',
      length: ({ indices }) => indices,
      about: 'from −axis to axis − 1',
    },
    { name: 'y', access: 'read_write', element: 'u32', length: words, about: 'outer × indices × inner words' },
  ],
  inputs: ({ outer, axis, inner, indices }, random) => ({
    x: Uint32Array.from({ length: outer * axis * inner }, () => random.below(2 ** 32)),
    index: Int32Array.from({ length: indices }, () => random.below(2 * axis) - axis),
  }),
  reference: ({ x, index }, shape, pick) => {
    const { axis, inner, indices, outer } = shape;
    const rows = pick(outer * indices);
    const values = new Float64Array(rows.length * inner);
    rows.forEach((row, r) => {
      const chosen = index![row % indices]!;
      const from = (Math.floor(row / indices) * axis + (chosen < 0 ? chosen + axis : chosen)) * inner;
      for (let i = 0; i < inner; i++) values[r * inner + i] = x![from + i]!;
    });
    return [{ output: 'y', columns: inner, rows, values, bounds: new Float64Array(values.length) }];
  },
  cost: (shape) => ({
    operations: { iadd: words(shape) },
    nominal: words(shape),
    bytesRead: 4 * (words(shape) + shape.indices),
    bytesWritten: 4 * words(shape),
  }),
  cases: [
    { outer: 1, axis: 1, inner: 1, indices: 1 },
    { outer: 3, axis: 7, inner: 5, indices: 11 },
    { outer: 1, axis: 100, inner: 64, indices: 17 },
    { outer: 65, axis: 3, inner: 1, indices: 2 },
  ],
  presets: [
    { title: 'Embeddings (512 tokens of 30522 × 768)', shape: { outer: 1, axis: 30522, inner: 768, indices: 512 } },
  ],
  sweep: [16, 64, 256, 1024, 4096].map((indices) => ({ outer: 1, axis: 8192, inner: 256, indices })),
});
