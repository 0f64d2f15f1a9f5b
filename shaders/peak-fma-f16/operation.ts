/** The device's rate of f16 multiply-adds, by the recurrence of peak-fma-f32 on numbers that f16 holds exactly. */
import { defineOperation } from '../../src/kernel/operation.js';
import { decodeFloat16, encodeFloat16 } from '../../src/numerics/float16.js';
import { drawCoefficients, drawStart, increment } from '../lib/peak/fma.js';
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

const form = { element: 'f16', coefficients: 4, perStep: { fma16: 2 }, nominal: 4 } as const;

export const peakFmaF16 = defineOperation<RecurrenceShape>({
  id: 'peak-fma-f16',
  title: 'Peak of f16 multiply-adds',
  summary: 'x ← c·(a·x + b) + d in f16 with c = 1/a, `steps` times for each of n values, all of them whole numbers.',
  ...recurrenceSignature(form),
  inputs: ({ n }, random) => ({
    coefficients: Uint16Array.from(drawCoefficients(random), encodeFloat16),
    x: fill(new Uint16Array(padded(n)), n, () => encodeFloat16(drawStart(random))),
  }),
  reference: ({ x, coefficients }, { n, steps }, pick) => {
    const known = Array.from(coefficients!, decodeFloat16);
    return scalarRows(pick(n), (i) => decodeFloat16(x![i]!) + steps * increment(known, i % lanes));
  },
  cost: recurrenceCost(form),
  cases,
  presets,
  sweep,
});
