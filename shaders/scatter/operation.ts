/** Rows of updates written into a copy of a tensor where indices say; of several for one place the last stays. */
import { defineOperation } from '../../src/kernel/operation.js';
import {
  type ScatterShape,
  scatterBindings,
  scatterInputs,
  scatterParameters,
  updatesOf,
  words,
} from '../lib/scatter/scatter.js';

export const scatter = defineOperation<ScatterShape>({
  id: 'scatter',
  title: 'Scatter',
  summary: 'y[p] = updates[r] for the last r with at[r] = p, and x[p] where there is none, on rows of 32-bit words.',
  parameters: scatterParameters,
  bindings: scatterBindings('u32'),
  inputs: (shape, random) =>
    scatterInputs(shape, random, (length) => Uint32Array.from({ length }, () => random.below(2 ** 32))),
  reference: ({ x, at, updates }, shape, pick) => {
    const { inner, places } = shape;
    const last = updatesOf(at!);
    const rows = pick(places);
    const values = new Float64Array(rows.length * inner);
    rows.forEach((place, r) => {
      const update = last.get(place)?.at(-1);
      const from = update === undefined ? x! : updates!;
      for (let i = 0; i < inner; i++) values[r * inner + i] = from[(update ?? place) * inner + i]!;
    });
    return [{ output: 'y', columns: inner, rows, values, bounds: new Float64Array(values.length) }];
  },
  cost: (shape) => ({
    operations: { iadd: words(shape) },
    nominal: words(shape),
    bytesRead: 4 * (words(shape) + shape.updates),
    bytesWritten: 4 * words(shape),
  }),
  cases: [
    { places: 1, inner: 1, updates: 1 },
    { places: 67, inner: 5, updates: 31 },
    // Many for one place.
    { places: 3, inner: 17, updates: 100 },
    { places: 1009, inner: 1, updates: 300 },
  ],
  presets: [{ title: 'Keys of 8 tokens into a cache (4096 × 1024)', shape: { places: 4096, inner: 1024, updates: 8 } }],
  sweep: [64, 256, 1024, 4096].map((updates) => ({ places: 4096, inner: 64, updates })),
});
