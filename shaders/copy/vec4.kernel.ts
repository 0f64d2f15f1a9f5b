/** Vectors of 16 bytes, several to an invocation: fewer instructions per byte, more loads in flight. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/peak/recurrence.js';
import { copy } from './operation.js';
import vec4 from './vec4.wgsl';

export default defineKernel({
  id: 'copy/vec4',
  title: 'Vectors of four words',
  summary: 'Each invocation copies a few vectors of 16 bytes.',
  computes: copy,
  rung: 2,
  wgsl: [vec4],
  tunables: {
    threads: { values: [64, 128, 256], default: 256, about: 'invocations per workgroup' },
    vectors: { values: [1, 2, 4, 8], default: 2, about: 'vectors of 16 bytes per invocation' },
  },
  valid: ({ tunables: { threads } }, { limits }) =>
    threads <= (limits.maxComputeInvocationsPerWorkgroup ?? 0) ||
    `a workgroup of ${threads} is larger than this device allows`,
  dispatch: ({ shape: { words }, tunables: { threads, vectors } }) => [
    { workgroups: grid(Math.ceil(words / (4 * threads * vectors))) },
  ],
});
