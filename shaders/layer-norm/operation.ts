/** Rows normalised by their own mean and variance, scaled and shifted: layer, group, instance and RMS normalisation. */
import { defineOperation } from '../../src/kernel/operation.js';
import { bitsOfF32, f32OfBits } from '../lib/elementwise/special.js';
import { gamma, sum, ulp } from '../lib/reduction/axis.js';
import { Approximate, approximate, boundOf } from '../lib/running-error.js';

export interface NormShape {
  readonly [name: string]: number;
  readonly rows: number;
  readonly length: number;
  readonly groups: number;
  readonly spatial: number;
  /** 1 with the mean taken off, 0 for RMS normalisation. */
  readonly centred: number;
  /** Bits of an f32. */
  readonly epsilon: number;
}

type Form = Record<'rows' | 'length' | 'groups' | 'spatial' | 'centred', number>;

export function normShape(form: Readonly<Form>, epsilon: number): NormShape {
  return { ...form, epsilon: bitsOfF32(epsilon) };
}

const scales = ({ groups, length, spatial }: NormShape): number => (groups * length) / spatial;
const words = ({ rows, length }: NormShape): number => rows * length;

interface Statistics {
  readonly mean: Approximate;
  readonly inverse: Approximate;
}

/** Mean and inverse standard deviation of a row with their errors; sums in any order add γₙ. */
function statistics(row: Float64Array, { centred }: NormShape, epsilon: number): Statistics {
  const n = row.length;
  const total = new Approximate(sum(row), gamma(n) * sum(row.map(Math.abs)));
  const mean = centred === 1 ? total.over(approximate(n)) : approximate(0);
  const apart = row.map((x) => x - mean.value);
  const square = sum(apart.map((d) => d * d));
  const off = apart.map((d) => mean.error + ulp * Math.abs(d));
  const passed = sum(apart.map((d, i) => 2 * Math.abs(d) * off[i]! + off[i]! ** 2));
  const variance = new Approximate(square, passed + gamma(n + 1) * (square + passed)).over(approximate(n));
  const root = variance.plus(approximate(epsilon));
  const least = Math.max(root.value - root.error, Number.MIN_VALUE);
  const value = 1 / Math.sqrt(root.value);
  // inverseSqrt: 2 ulp.
  const error = 1 / Math.sqrt(least) - value;
  return { mean, inverse: new Approximate(value, error + 2 * ulp * (value + error)) };
}

export const layerNorm = defineOperation<NormShape>({
  id: 'layer-norm',
  title: 'Layer normalisation',
  summary:
    'y = (x − mean) / √(var + ε) · scale + bias for each row, or without the mean, with a scale for each channel.',
  parameters: [
    { name: 'rows', about: 'rows that are normalised apart' },
    { name: 'length', about: 'elements of a row' },
    { name: 'groups', about: 'rows after which the scales begin anew; 1 where all rows share them' },
    { name: 'spatial', about: 'neighbours that share a scale' },
    { name: 'centred', about: '1 with the mean taken off, 0 for RMS normalisation', min: 0 },
    { name: 'epsilon', about: 'added to the variance, as the bits of an f32', min: 0 },
  ],
  valid: ({ groups, length, spatial }) =>
    (groups * length) % spatial === 0 || `${spatial} neighbours do not divide ${groups} rows of ${length}.`,
  bindings: [
    { name: 'x', access: 'read', element: 'f32', length: words, about: 'rows × length' },
    { name: 'scale', access: 'read', element: 'f32', length: scales, about: 'groups · length / spatial' },
    { name: 'bias', access: 'read', element: 'f32', length: scales, about: 'groups · length / spatial' },
    { name: 'y', access: 'read_write', element: 'f32', length: words, about: 'rows × length' },
    { name: 'mean', access: 'read_write', element: 'f32', length: ({ rows }) => rows, about: 'one per row' },
    { name: 'inverse', access: 'read_write', element: 'f32', length: ({ rows }) => rows, about: '1 / √(var + ε)' },
  ],
  inputs: (shape, random) => ({
    x: random.values(words(shape)).map((value) => value + 0.5),
    scale: random.values(scales(shape)),
    bias: random.values(scales(shape)),
  }),
  reference: ({ x, scale, bias }, shape, pick) => {
    const { length, groups, spatial } = shape;
    const rows = pick(shape.rows);
    const epsilon = f32OfBits(shape.epsilon);
    const results: Approximate[] = [];
    const means: Approximate[] = [];
    const inverses: Approximate[] = [];
    for (const r of rows) {
      const row = Float64Array.from(x!.subarray(r * length, (r + 1) * length));
      const { mean, inverse } = statistics(row, shape, epsilon);
      means.push(mean);
      inverses.push(inverse);
      row.forEach((value, i) => {
        const c = Math.floor(((r % groups) * length + i) / spatial);
        const normal = approximate(value).minus(mean).times(inverse);
        results.push(normal.times(approximate(scale![c]!)).plus(approximate(bias![c]!)));
      });
    }
    const columnsOf = { y: length, mean: 1, inverse: 1 };
    const lists = { y: results, mean: means, inverse: inverses };
    return (['y', 'mean', 'inverse'] as const).map((output) => ({
      output,
      columns: columnsOf[output],
      rows,
      values: Float64Array.from(lists[output], ({ value }) => value),
      bounds: Float64Array.from(lists[output], (each) => boundOf(each, each.value)),
    }));
  },
  cost: (shape) => ({
    operations: { add32: 4 * words(shape), fma32: 2 * words(shape), mul32: words(shape) },
    nominal: 8 * words(shape),
    bytesRead: 4 * (words(shape) + 2 * scales(shape)),
    bytesWritten: 4 * (words(shape) + 2 * shape.rows),
  }),
  cases: [
    normShape({ rows: 1, length: 1, groups: 1, spatial: 1, centred: 1 }, 1e-5),
    normShape({ rows: 5, length: 67, groups: 1, spatial: 1, centred: 1 }, 1e-5),
    normShape({ rows: 7, length: 300, groups: 1, spatial: 1, centred: 0 }, 1e-6),
    // Instance normalisation: 2 × 3 channels of 35.
    normShape({ rows: 6, length: 35, groups: 3, spatial: 35, centred: 1 }, 1e-2),
    // Group normalisation: 2 × 2 groups of 3 channels of 20.
    normShape({ rows: 4, length: 60, groups: 2, spatial: 20, centred: 1 }, 1e-5),
  ],
  presets: [
    {
      title: 'Transformer (512 tokens of 768)',
      shape: normShape({ rows: 512, length: 768, groups: 1, spatial: 1, centred: 1 }, 1e-5),
    },
    {
      title: 'RMS (512 tokens of 4096)',
      shape: normShape({ rows: 512, length: 4096, groups: 1, spatial: 1, centred: 0 }, 1e-6),
    },
  ],
  sweep: [64, 128, 256, 512, 1024, 2048].map((size) =>
    normShape({ rows: size, length: size, groups: 1, spatial: 1, centred: 1 }, 1e-5),
  ),
});
