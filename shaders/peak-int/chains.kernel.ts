/** Several independent chains per invocation hide the latency of an integer instruction. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { recurrenceRung } from '../lib/peak/recurrence.js';
import { peakInt } from './operation.js';
import step from './step.wgsl';

export default defineKernel({
  ...recurrenceRung(step),
  id: 'peak-int/chains',
  title: 'Independent chains',
  summary: 'Each invocation advances several vectors of four recurrences in turn, all in registers.',
  computes: peakInt,
});
