/** The device's rate of plain 32-bit integer instructions: additions and exclusive-ors in turn. */
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

const form = { element: 'u32', coefficients: 2, perStep: { iadd: 1, bit: 1 }, nominal: 2 } as const;

export const peakInt = defineOperation<RecurrenceShape>({
  id: 'peak-int',
  title: 'Peak of integer instructions',
  summary: 'x ← (x + b) xor c modulo 2³², `steps` times for each of n words.',
  ...recurrenceSignature(form),
  inputs: drawnWords,
  reference: wordsAfter((s, b, c) => ((s + b) ^ c) >>> 0),
  cost: recurrenceCost(form),
  cases,
  presets,
  sweep,
});
