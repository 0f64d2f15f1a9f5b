/** The first rung: one word per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/peak/recurrence.js';
import naive from './naive.wgsl';
import { copy } from './operation.js';

export default defineKernel({
  id: 'copy/naive',
  title: 'Naive',
  summary: 'One invocation per word.',
  computes: copy,
  rung: 1,
  wgsl: [naive],
  tunables: { threads: { values: [64, 128, 256], default: 256, about: 'invocations per workgroup' } },
  valid: ({ tunables: { threads } }, { limits }) =>
    threads <= (limits.maxComputeInvocationsPerWorkgroup ?? 0) ||
    `a workgroup of ${threads} is larger than this device allows`,
  dispatch: ({ shape: { words }, tunables: { threads } }) => [{ workgroups: grid(Math.ceil(words / threads)) }],
});
