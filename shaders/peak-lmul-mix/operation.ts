/** The device's rate of the pair that L-Mul is made of: an integer addition whose bits a float addition takes up. */
import { defineOperation } from '../../src/kernel/operation.js';
import { f32OfBits } from '../lib/elementwise/special.js';
import {
  cases,
  fill,
  lanes,
  padded,
  presets,
  type RecurrenceShape,
  recurrenceCost,
  recurrenceSignature,
  scalarRows,
  sweep,
} from '../lib/peak/recurrence.js';

/** Bits of 1.0f. */
const one = 0x3f80_0000;

/** Steps of the mantissa that are used: 2⁻¹⁰, so that sums of 1,024 values below 4 fit 24 bits. */
const grain = 2 ** 13;

const form = { element: 'u32', result: 'f32', coefficients: 1, perStep: { iadd: 1, add32: 1 }, nominal: 2 } as const;

export const peakLmulMix = defineOperation<RecurrenceShape>({
  id: 'peak-lmul-mix',
  title: 'Peak of the L-Mul pair',
  summary: 'u ← u + b as integers, then f ← f + bits(u) as f32, `steps` times for each of n words, all sums exact.',
  ...recurrenceSignature(form),
  inputs: ({ n }, random) => ({
    coefficients: fill(new Uint32Array(lanes), lanes, () => grain),
    x: fill(new Uint32Array(padded(n)), n, () => one + grain * random.below(1024)),
  }),
  reference: ({ x, coefficients }, { n, steps }, pick) =>
    scalarRows(pick(n), (i) => {
      let bits = x![i]!;
      let sum = 0;
      for (let step = 0; step < steps; step++) {
        bits += coefficients![i % lanes]!;
        sum += f32OfBits(bits);
      }
      return sum;
    }),
  cost: recurrenceCost(form),
  cases,
  presets,
  sweep,
});
