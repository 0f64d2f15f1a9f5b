/** Indices of several dimensions as places in a tensor laid out row by row. */
import { defineOperation, type Shape } from '../../src/kernel/operation.js';
import { countOf, placesOf, rank, sizeParameters, stepParameters, walk } from '../lib/strided/strided.js';

/** One dimension that an index chooses from. */
export interface Chosen {
  readonly size: number;
  /** Words to a step along it. */
  readonly step: number;
}

const columns = Array.from({ length: rank }, (_, i) => i);

/**
 * @param dims of the walk, one place each. @param base steps of the place that indices are added to.
 * @param chosen what each index of a place chooses from, at most six.
 */
export function flatIndexShape(dims: readonly number[], base: readonly number[], chosen: readonly Chosen[]): Shape {
  if (chosen.length > rank) throw new RangeError(`${chosen.length} indices to a place are more than ${rank}`);
  const entries = columns.flatMap((k) => [
    [`size${k}`, chosen[k]?.size ?? 1] as const,
    [`step${k}`, chosen[k]?.step ?? 0] as const,
  ]);
  return { width: chosen.length, ...Object.fromEntries(entries), ...walk(dims, { y: base }) };
}

const indices = (shape: Shape): number => shape.width! * countOf(shape);

export const flatIndex = defineOperation({
  id: 'flat-index',
  title: 'Flat index',
  summary: 'y[c] = Σ cᵢ·yᵢ + Σ index[c][k]·stepₖ, where negative indices count from the end.',
  parameters: [
    { name: 'width', about: 'indices to a place, at most six' },
    ...columns.flatMap((k) => [
      { name: `size${k}`, about: `size of the dimension that index ${k} chooses from` },
      { name: `step${k}`, about: `words to a step along it`, min: 0 },
    ]),
    ...sizeParameters,
    ...stepParameters('y', 'the result to add'),
  ],
  valid: ({ width }) => width! <= rank || `${width} indices to a place are more than ${rank}.`,
  bindings: [
    { name: 'index', access: 'read', element: 'i32', length: indices, about: 'places × width, from −size to size − 1' },
    { name: 'y', access: 'read_write', element: 'i32', length: countOf, about: 'places' },
  ],
  inputs: (shape, random) => ({
    index: Int32Array.from({ length: indices(shape) }, (_, i) => {
      const size = shape[`size${i % shape.width!}`]!;
      return random.below(2 * size) - size;
    }),
  }),
  reference: ({ index }, shape, pick) => {
    const base = placesOf(shape, 'y');
    const rows = pick(base.length);
    const values = Float64Array.from(rows, (row) => {
      let at = base[row]!;
      for (let k = 0; k < shape.width!; k++) {
        const given = index![row * shape.width! + k]!;
        at += (given < 0 ? given + shape[`size${k}`]! : given) * shape[`step${k}`]!;
      }
      return at;
    });
    return [{ output: 'y', columns: 1, rows, values, bounds: new Float64Array(rows.length) }];
  },
  cost: (shape) => ({
    operations: { imul: indices(shape), iadd: indices(shape) },
    nominal: 2 * indices(shape),
    bytesRead: 4 * indices(shape),
    bytesWritten: 4 * countOf(shape),
  }),
  cases: [
    flatIndexShape([1], [0], [{ size: 1, step: 0 }]),
    flatIndexShape(
      [67],
      [0],
      [
        { size: 5, step: 21 },
        { size: 7, step: 3 },
        { size: 3, step: 1 },
      ],
    ),
    // Elements of a part of a 4 × 6 × 9 tensor, chosen along its middle dimension.
    flatIndexShape([3, 5, 8], [54, 0, 1], [{ size: 6, step: 9 }]),
    flatIndexShape(
      [41],
      [0],
      columns.map((k) => ({ size: 2 + k, step: 10 ** (5 - k) })),
    ),
  ],
  presets: [
    {
      title: 'Points of 512 × 512 (65,536 of them)',
      shape: flatIndexShape(
        [65536],
        [0],
        [
          { size: 512, step: 512 },
          { size: 512, step: 1 },
        ],
      ),
    },
  ],
  sweep: [12, 14, 16, 18, 20].map((power) => flatIndexShape([2 ** power], [0], [{ size: 4096, step: 1 }])),
});
