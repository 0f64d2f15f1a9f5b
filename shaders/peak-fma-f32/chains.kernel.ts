/** Several independent chains per invocation hide the latency of a multiply-add. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { recurrenceRung } from '../lib/peak/recurrence.js';
import { peakFmaF32 } from './operation.js';
import step from './step.wgsl';

export default defineKernel({
  ...recurrenceRung(step),
  id: 'peak-fma-f32/chains',
  title: 'Independent chains',
  summary: 'Each invocation advances several vectors of four recurrences in turn, all in registers.',
  computes: peakFmaF32,
});
