/** The device's rate of special functions, by inverse square roots that draw nearer to a point of each element's own. */
import { defineOperation } from '../../src/kernel/operation.js';
import {
  cases,
  fill,
  padded,
  presets,
  type RecurrenceShape,
  recurrenceCost,
  recurrenceSignature,
  scalarRows,
  sweep,
} from '../lib/peak/recurrence.js';

const ulp = 2 ** -23;

/** x ← 1/√(x + d), d = 1 + the starting value: exact, and how far the computed x may be from it. */
function trajectory(start: number, steps: number): { readonly value: number; readonly bound: number } {
  const d = Math.fround(1 + start);
  let value = start;
  let bound = 0;
  for (let step = 0; step < steps; step++) {
    const sum = value + d;
    const next = 1 / Math.sqrt(sum);
    // The sum is off by its own rounding and by what x was off; the root halves that and adds its 2 ulp.
    const relative = (ulp + bound / sum) / 2 + 2 * ulp;
    bound = next * relative * (1 + 2 ** -10);
    value = next;
  }
  return { value, bound };
}

const form = { element: 'f32', coefficients: 1, perStep: { sfu: 1, add32: 1 }, nominal: 1 } as const;

export const peakSfu = defineOperation<RecurrenceShape>({
  id: 'peak-sfu',
  title: 'Peak of special functions',
  summary: 'x ← 1/√(x + d) with d = 1 + the starting value, `steps` times for each of n values.',
  ...recurrenceSignature(form),
  inputs: ({ n }, random) => ({
    coefficients: new Float32Array(4).fill(1),
    x: fill(new Float32Array(padded(n)), n, () => random.below(2 ** 20) * 2 ** -20),
  }),
  reference: ({ x }, { n, steps }, pick) => {
    const rows = pick(n);
    const ends = new Map(Array.from(rows, (i) => [i, trajectory(x![i]!, steps)]));
    return scalarRows(
      rows,
      (i) => ends.get(i)!.value,
      (i) => ends.get(i)!.bound,
    );
  },
  cost: recurrenceCost(form),
  cases,
  presets,
  sweep,
});
