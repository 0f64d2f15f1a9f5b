/** Independent chains of the device's own dot4 instruction. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { dot4Requirements } from '../lib/dot4.js';
import dot4 from '../lib/dot4_native.wgsl';
import { recurrenceRung } from '../lib/peak/recurrence.js';
import { peakDot4 } from './operation.js';
import step from './step.wgsl';

const rung = recurrenceRung(step);

export default defineKernel({
  ...rung,
  id: 'peak-dot4/chains',
  title: 'Independent chains',
  summary: 'Each invocation advances several vectors of four recurrences in turn, all in registers.',
  computes: peakDot4,
  wgsl: (variant) => [dot4, ...rung.wgsl(variant)],
  ...dot4Requirements('dot4'),
});
