/** The device's rate of packed 8-bit dot products with a 32-bit addend. */
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

/** dot4I8Packed(s, b) + c, modulo 2³². */
function advance(s: number, b: number, c: number): number {
  let sum = c;
  for (const shift of [0, 8, 16, 24]) sum += (((s >>> shift) << 24) >> 24) * (((b >>> shift) << 24) >> 24);
  return sum >>> 0;
}

export const peakDot4 = defineOperation<RecurrenceShape>({
  id: 'peak-dot4',
  title: 'Peak of 8-bit dot products',
  summary: 'x ← dot4(x, b) + c modulo 2³² with x and b as four signed bytes, `steps` times for each of n words.',
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
      for (let step = 0; step < steps; step++) s = advance(s, b, c);
      return s;
    }),
  cost: recurrenceCost({ dot4: 1 }, 8),
  cases,
  presets,
  sweep,
});
