/** Features turned in pairs by angles that grow with the position: rotary position embedding. */
import { defineOperation } from '../../src/kernel/operation.js';
import { approximate } from '../lib/running-error.js';

export interface RotaryShape {
  readonly [name: string]: number;
  readonly batch: number;
  readonly heads: number;
  readonly steps: number;
  readonly size: number;
  /** Features of each head that are turned; the rest stay. */
  readonly turned: number;
  /** Positions that the caches hold. */
  readonly rows: number;
  /** 1: batch, heads, steps, size; 2: batch, steps, heads, size. */
  readonly arrangement: number;
  /** 1: features i and i + turned/2 are a pair; 2: features 2i and 2i + 1. */
  readonly pairing: number;
  /** 1: every step of every batch entry has a row of its own, in order; 2: rows from `position` on; 3: a position for each. */
  readonly places: number;
}

/** [batch, heads, steps, size], halves paired, a position for each step: what most exports hold. */
export const plain = { arrangement: 1, pairing: 1, places: 3 } as const;

const lines = ({ batch, heads, steps }: RotaryShape): number => batch * heads * steps;
const words = (shape: RotaryShape): number => lines(shape) * shape.size;
const cached = ({ rows, turned }: RotaryShape): number => (rows * turned) / 2;

function positions({ places, batch, steps }: RotaryShape): number {
  return places === 3 ? batch * steps : 1;
}

/** Row of the caches for a line of `size` features. */
function rowOf(position: ArrayLike<number>, shape: RotaryShape, line: number): number {
  const { heads, steps, arrangement, places, rows } = shape;
  const n = Math.floor(line / (heads * steps));
  const t = arrangement === 1 ? line % steps : Math.floor(line / heads) % steps;
  const own = n * steps + t;
  const row = places === 1 ? own : places === 2 ? position[0]! + t : position[own]!;
  return Math.min(Math.max(row, 0), rows - 1);
}

const decoder = (steps: number): RotaryShape => ({
  ...plain,
  ...{ batch: 1, heads: 32, steps, size: 128, turned: 128, rows: Math.max(steps, 2048) },
});

export const rotaryEmbedding = defineOperation<RotaryShape>({
  id: 'rotary-embedding',
  title: 'Rotary embedding',
  summary: 'Pairs of features (a, b) become (a·cos θ − b·sin θ, a·sin θ + b·cos θ), θ being that of the position.',
  parameters: [
    { name: 'batch', about: 'batch entries' },
    { name: 'heads', about: 'heads' },
    { name: 'steps', about: 'positions of each batch entry' },
    { name: 'size', about: 'features of a head' },
    { name: 'turned', about: 'how many of them are turned, an even number; the rest stay' },
    { name: 'rows', about: 'positions that the caches hold' },
    { name: 'arrangement', about: '1 batch, heads, steps, size; 2 batch, steps, heads, size' },
    { name: 'pairing', about: '1 feature i with i + turned/2, 2 feature 2i with 2i + 1' },
    {
      name: 'places',
      about: '1 a row for each step in order, 2 rows from one position on, 3 a position for each step',
    },
  ],
  valid: ({ turned, size, arrangement, pairing, places, rows, batch, steps }) => {
    if (turned % 2 !== 0 || turned > size) return `Of ${size} features ${turned} cannot be turned in pairs.`;
    if (places === 1 && rows < batch * steps) return `${rows} rows are fewer than ${batch} times ${steps} steps.`;
    return (arrangement <= 2 && pairing <= 2 && places <= 3) || 'arrangement and pairing are 1 or 2, places 1 to 3.';
  },
  bindings: [
    { name: 'x', access: 'read', element: 'f32', length: words, about: 'features, as `arrangement` says' },
    { name: 'cosine', access: 'read', element: 'f32', length: cached, about: 'rows × turned/2' },
    { name: 'sine', access: 'read', element: 'f32', length: cached, about: 'rows × turned/2' },
    {
      name: 'position',
      access: 'read',
      element: 'i32',
      length: positions,
      about: 'batch × steps, the first of all, or one unused number',
    },
    { name: 'y', access: 'read_write', element: 'f32', length: words, about: 'as x' },
  ],
  inputs: (shape, random) => {
    const angles = Float32Array.from({ length: cached(shape) }, () => 2 * Math.PI * random.next());
    return {
      x: random.values(words(shape)),
      cosine: angles.map(Math.cos),
      sine: angles.map(Math.sin),
      position: Int32Array.from({ length: positions(shape) }, () => random.below(shape.rows)),
    };
  },
  reference: ({ x, cosine, sine, position }, shape, pick) => {
    const { size, turned, pairing } = shape;
    const half = turned / 2;
    const rows = pick(lines(shape));
    const values = new Float64Array(rows.length * size);
    const bounds = new Float64Array(values.length);
    rows.forEach((line, r) => {
      const [from, row] = [line * size, rowOf(position!, shape, line)];
      for (let i = turned; i < size; i++) values[r * size + i] = x![from + i]!;
      for (let i = 0; i < half; i++) {
        const [first, second] = pairing === 1 ? [i, i + half] : [2 * i, 2 * i + 1];
        const [a, b] = [approximate(x![from + first]!), approximate(x![from + second]!)];
        const [c, s] = [approximate(cosine![row * half + i]!), approximate(sine![row * half + i]!)];
        const made = [a.times(c).minus(b.times(s)), a.times(s).plus(b.times(c))];
        for (const [k, at] of [first, second].entries()) {
          values[r * size + at] = made[k]!.value;
          bounds[r * size + at] = made[k]!.error;
        }
      }
    });
    return [{ output: 'y', columns: size, rows, values, bounds }];
  },
  cost: (shape) => {
    const pairs = (lines(shape) * shape.turned) / 2;
    return {
      operations: { mul32: 2 * pairs, fma32: 2 * pairs },
      nominal: 6 * pairs,
      bytesRead: 4 * (words(shape) + 2 * cached(shape) + positions(shape)),
      bytesWritten: 4 * words(shape),
    };
  },
  cases: [
    { ...plain, batch: 1, heads: 1, steps: 1, size: 2, turned: 2, rows: 1 },
    { ...plain, batch: 2, heads: 3, steps: 5, size: 14, turned: 14, rows: 11 },
    { arrangement: 2, pairing: 2, places: 3, batch: 2, heads: 3, steps: 7, size: 10, turned: 6, rows: 9 },
    { arrangement: 2, pairing: 1, places: 1, batch: 3, heads: 2, steps: 5, size: 9, turned: 4, rows: 15 },
    { arrangement: 1, pairing: 2, places: 2, batch: 2, heads: 5, steps: 3, size: 8, turned: 8, rows: 17 },
  ],
  presets: [
    { title: 'Queries of a decoder (512 tokens, 32 heads of 128)', shape: decoder(512) },
    { title: 'One token', shape: decoder(1) },
  ],
  sweep: [16, 64, 256, 1024].map(decoder),
});
