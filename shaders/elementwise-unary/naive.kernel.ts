/** The first rung: one element per invocation. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import naive from './naive.wgsl';
import { elementwiseUnary } from './operation.js';
import { fits, threads, unarySources } from './sources.js';

export default defineKernel({
  id: 'elementwise-unary/naive',
  title: 'Naive',
  summary: 'One invocation per element.',
  computes: elementwiseUnary,
  rung: 1,
  wgsl: ({ shape }) => [...unarySources(shape), naive],
  tunables: { threads },
  valid: fits,
  dispatch: ({ shape: { count }, tunables }) => [{ workgroups: grid(Math.ceil(count / tunables.threads)) }],
});
