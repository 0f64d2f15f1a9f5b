/** Words from one strided place to another: transposing, slicing, repeating and joining tensors. */
import { defineOperation, type Shape } from '../../src/kernel/operation.js';
import { countOf, placesOf, sizeParameters, stepParameters, walk } from '../lib/strided/strided.js';

/** Where a walk of a tensor begins, and its steps; steps may be negative. */
export interface Walk {
  readonly first?: number;
  readonly steps: readonly number[];
  /** Words of the whole tensor. */
  readonly words: number;
}

export function copyShape(dims: readonly number[], x: Walk, y: Walk): Shape {
  return {
    xWords: x.words,
    yWords: y.words,
    xFirst: x.first ?? 0,
    yFirst: y.first ?? 0,
    ...walk(dims, { x: x.steps, y: y.steps }),
  };
}

/** A transposed matrix, or several. */
function transposeShape(rows: number, columns: number, count = 1): Shape {
  const words = rows * columns * count;
  return copyShape(
    [count, columns, rows],
    { steps: [rows * columns, 1, columns], words },
    { steps: [rows * columns, rows, 1], words },
  );
}

export const stridedCopy = defineOperation({
  id: 'strided-copy',
  title: 'Strided copy',
  summary: 'y[y₀ + Σ cᵢ·yᵢ] = x[x₀ + Σ cᵢ·xᵢ] for every coordinate c of a walk of up to six dimensions.',
  parameters: [
    { name: 'xWords', about: '32-bit words of x' },
    { name: 'yWords', about: '32-bit words of y' },
    { name: 'xFirst', about: 'place of the first word taken', min: 0 },
    { name: 'yFirst', about: 'place of the first word written', min: 0 },
    ...sizeParameters,
    ...stepParameters('x', 'x (2³² − n for n backwards)'),
    ...stepParameters('y', 'y (2³² − n for n backwards)'),
  ],
  bindings: [
    { name: 'x', access: 'read', element: 'u32', length: ({ xWords }) => xWords!, about: 'words to take from' },
    { name: 'y', access: 'read_write', element: 'u32', length: ({ yWords }) => yWords!, about: 'words to write to' },
  ],
  inputs: ({ xWords }, random) => ({ x: Uint32Array.from({ length: xWords! }, () => random.below(2 ** 32)) }),
  reference: ({ x }, shape, pick) => {
    const [from, to] = [placesOf(shape, 'x', shape.xFirst), placesOf(shape, 'y', shape.yFirst)];
    const picked = [...pick(from.length)].sort((a, b) => to[a]! - to[b]!);
    const rows = Uint32Array.from(picked, (i) => to[i]!);
    const values = Float64Array.from(picked, (i) => x![from[i]!]!);
    return [{ output: 'y', columns: 1, rows, values, bounds: new Float64Array(rows.length) }];
  },
  cost: (shape) => {
    const words = countOf(shape);
    return { operations: { iadd: words }, nominal: words, bytesRead: 4 * words, bytesWritten: 4 * words };
  },
  cases: [
    copyShape([1], { steps: [1], words: 1 }, { steps: [1], words: 1 }),
    transposeShape(67, 45),
    transposeShape(32, 96, 3),
    // Every other word, backwards.
    copyShape([40], { first: 79, steps: [-2], words: 80 }, { steps: [1], words: 40 }),
    // A block of columns of a wider matrix.
    copyShape([9, 5], { steps: [5, 1], words: 45 }, { first: 3, steps: [11, 1], words: 99 }),
    copyShape(
      [2, 3, 2, 3, 2, 5],
      { steps: [0, 5, 0, 15, 45, 1], words: 90 },
      { steps: [180, 60, 30, 10, 5, 1], words: 360 },
    ),
    copyShape([1023], { steps: [0], words: 1 }, { steps: [1], words: 1023 }),
  ],
  presets: [
    { title: 'Transpose 2048 × 2048', shape: transposeShape(2048, 2048) },
    {
      title: 'Heads of attention (512 × 12 × 64)',
      shape: copyShape([12, 512, 64], { steps: [64, 768, 1], words: 393216 }, { steps: [32768, 64, 1], words: 393216 }),
    },
  ],
  sweep: [128, 256, 512, 1024, 2048].map((size) => transposeShape(size, size)),
});
