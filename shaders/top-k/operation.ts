/** The k largest or smallest elements along one dimension, in order, and where they stand. */
import { defineOperation } from '../../src/kernel/operation.js';
import { type AxisShape, axisParameters, elements, lineOf, lines } from '../lib/reduction/axis.js';

export interface TopKShape extends AxisShape {
  readonly k: number;
  /** 1 for the largest, 0 for the smallest. */
  readonly largest: number;
  /** What the words are: 1 f32, 2 i32. */
  readonly kind: number;
}

const chosen = (shape: TopKShape): number => lines(shape) * shape.k;

const numbersOf = (words: ArrayBufferView<ArrayBuffer>, { kind }: TopKShape): Float32Array | Int32Array =>
  new (kind === 1 ? Float32Array : Int32Array)(words.buffer, words.byteOffset, words.byteLength / 4);

/** Places of the first k of a line: by value, NaN as the greatest, then by place. */
function firstOf(line: Float64Array, { k, largest }: TopKShape): readonly number[] {
  const rank = (x: number): number => (Number.isNaN(x) ? Number.POSITIVE_INFINITY : x);
  const order = Array.from(line, (_, a) => a).sort((a, b) => {
    const [p, q] = [line[a]!, line[b]!];
    const apart = rank(p) === rank(q) ? Number(Number.isNaN(p)) - Number(Number.isNaN(q)) : rank(p) - rank(q);
    return (largest === 1 ? -apart : apart) || a - b;
  });
  return order.slice(0, k);
}

const row = (axis: number, k: number): TopKShape => ({ k, largest: 1, kind: 1, outer: 64, axis, inner: 1 });

export const topK = defineOperation<TopKShape>({
  id: 'top-k',
  title: 'Top k',
  summary: 'The k largest, or smallest, of x[o][·][i] in order with their places, the first of equal ones first.',
  parameters: [
    { name: 'k', about: 'elements chosen from each line' },
    { name: 'largest', about: '1 for the largest, 0 for the smallest', min: 0 },
    { name: 'kind', about: 'what the words are: 1 f32, 2 i32' },
    ...axisParameters,
  ],
  valid: ({ k, axis, kind }) => {
    if (k > axis) return `A line of ${axis} elements has no ${k} to choose.`;
    return kind <= 2 || 'kind is 1 (f32) or 2 (i32)';
  },
  bindings: [
    { name: 'x', access: 'read', element: 'u32', length: elements, about: 'outer × axis × inner' },
    { name: 'y', access: 'read_write', element: 'u32', length: chosen, about: 'outer × k × inner elements' },
    { name: 'place', access: 'read_write', element: 'i32', length: chosen, about: 'outer × k × inner places' },
  ],
  // Eighths, so that some are equal.
  inputs: (shape, random) => {
    const values = random.values(elements(shape)).map((value) => Math.round(8 * value) / 8);
    const numbers = shape.kind === 1 ? values : Int32Array.from(values, (value) => 8 * value);
    return { x: new Uint32Array(numbers.buffer) };
  },
  reference: ({ x }, shape, pick) => {
    const { k, inner } = shape;
    const numbers = numbersOf(x!, shape);
    const rows = pick(shape.outer);
    const columns = k * inner;
    const values = new Float64Array(rows.length * columns);
    const places = new Float64Array(values.length);
    rows.forEach((outer, r) => {
      for (let i = 0; i < inner; i++) {
        for (const [j, a] of firstOf(lineOf(numbers, shape, outer * inner + i), shape).entries()) {
          const to = r * columns + j * inner + i;
          places[to] = a;
          values[to] = x![(outer * shape.axis + a) * inner + i]!;
        }
      }
    });
    const bounds = new Float64Array(values.length);
    return [
      { output: 'y', columns, rows, values, bounds },
      { output: 'place', columns, rows, values: places, bounds },
    ];
  },
  cost: (shape) => ({
    operations: { iadd: elements(shape) },
    nominal: elements(shape),
    bytesRead: 4 * elements(shape),
    bytesWritten: 8 * chosen(shape),
  }),
  cases: [
    { k: 1, largest: 1, kind: 1, outer: 1, axis: 1, inner: 1 },
    { k: 5, largest: 1, kind: 1, outer: 3, axis: 301, inner: 1 },
    { k: 7, largest: 0, kind: 1, outer: 2, axis: 67, inner: 3 },
    { k: 10, largest: 1, kind: 2, outer: 5, axis: 10, inner: 2 },
    { k: 3, largest: 0, kind: 2, outer: 9, axis: 130, inner: 1 },
  ],
  presets: [{ title: '40 of 32,000 tokens', shape: row(32000, 40) }],
  sweep: [64, 256, 1024, 4096].map((axis) => row(axis, 8)),
});
