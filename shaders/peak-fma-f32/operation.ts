/** The device's rate of f32 multiply-adds: recurrences that stay whole numbers, so that the answer is exact. */
import { defineOperation } from '../../src/kernel/operation.js';
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

const form = { element: 'f32', coefficients: 4, perStep: { fma32: 2 }, nominal: 4 } as const;

export const peakFmaF32 = defineOperation<RecurrenceShape>({
  id: 'peak-fma-f32',
  title: 'Peak of f32 multiply-adds',
  summary: 'x ← c·(a·x + b) + d with c = 1/a, `steps` times for each of n values, all of them whole numbers.',
  ...recurrenceSignature(form),
  inputs: ({ n }, random) => ({
    coefficients: new Float32Array(drawCoefficients(random)),
    x: fill(new Float32Array(padded(n)), n, () => drawStart(random)),
  }),
  reference: ({ x, coefficients }, { n, steps }, pick) =>
    scalarRows(pick(n), (i) => x![i]! + steps * increment([...coefficients!], i % lanes)),
  cost: recurrenceCost(form),
  cases,
  presets,
  sweep,
});
