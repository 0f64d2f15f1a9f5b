/** Vectors of 16 bytes: a quarter of the loads and stores. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import { elementwiseUnary } from './operation.js';
import { fits, threads, unarySources } from './sources.js';
import vec4 from './vec4.wgsl';

export default defineKernel({
  id: 'elementwise-unary/vec4',
  title: 'Vectors of four',
  summary: 'Each invocation loads, computes and stores four neighbours at once.',
  computes: elementwiseUnary,
  rung: 2,
  wgsl: ({ shape }) => [...unarySources(shape), vec4],
  tunables: { threads },
  valid: (variant, facts) =>
    variant.shape.count % 4 === 0
      ? fits(variant, facts)
      : 'the count is no multiple of 4; elementwise-unary/naive takes any',
  dispatch: ({ shape: { count }, tunables }) => [{ workgroups: grid(Math.ceil(count / (4 * tunables.threads))) }],
});
