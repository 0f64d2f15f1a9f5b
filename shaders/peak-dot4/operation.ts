/** The device's rate of packed 8-bit dot products with a 32-bit addend. */
import { defineOperation } from '../../src/kernel/operation.js';
import {
  cases,
  drawnWords,
  presets,
  type RecurrenceShape,
  recurrenceCost,
  recurrenceSignature,
  sweep,
  wordsAfter,
} from '../lib/peak/recurrence.js';

/** dot4I8Packed(s, b) + c, modulo 2³². */
function advance(s: number, b: number, c: number): number {
  let sum = c;
  for (const shift of [0, 8, 16, 24]) sum += (((s >>> shift) << 24) >> 24) * (((b >>> shift) << 24) >> 24);
  return sum >>> 0;
}

const form = { element: 'u32', coefficients: 2, perStep: { dot4: 1 }, nominal: 8 } as const;

export const peakDot4 = defineOperation<RecurrenceShape>({
  id: 'peak-dot4',
  title: 'Peak of 8-bit dot products',
  summary: 'x ← dot4(x, b) + c modulo 2³² with x and b as four signed bytes, `steps` times for each of n words.',
  ...recurrenceSignature(form),
  inputs: drawnWords,
  reference: wordsAfter(advance),
  cost: recurrenceCost(form),
  cases,
  presets,
  sweep,
});
