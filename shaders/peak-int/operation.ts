/** The device's rate of plain 32-bit integer instructions: additions and exclusive-ors in turn. */
import { defineOperation } from '../../src/kernel/operation.js';
import {
  bindings,
  cases,
  fill,
  lanes,
  padded,
  parameters,
  presets,
  type RecurrenceShape,
  recurrenceCost,
  scalarRows,
  sweep,
  validSteps,
} from '../lib/peak/recurrence.js';

const word = 2 ** 32;

export const peakInt = defineOperation<RecurrenceShape>({
  id: 'peak-int',
  title: 'Peak of integer instructions',
  summary: 'x ← (x + b) xor c modulo 2³², `steps` times for each of n words.',
  parameters,
  valid: validSteps,
  bindings: bindings('u32', 2),
  inputs: ({ n }, random) => ({
    coefficients: fill(new Uint32Array(2 * lanes), 2 * lanes, () => random.below(word)),
    x: fill(new Uint32Array(padded(n)), n, () => random.below(word)),
  }),
  reference: ({ x, coefficients }, { n, steps }, pick) =>
    scalarRows(pick(n), (i) => {
      const [b, c] = [coefficients![i % lanes]!, coefficients![lanes + (i % lanes)]!];
      let s = x![i]!;
      for (let step = 0; step < steps; step++) s = ((s + b) ^ c) >>> 0;
      return s;
    }),
  cost: recurrenceCost({ iadd: 1, bit: 1 }, 2),
  cases,
  presets,
  sweep,
});
