/** The first rung: one invocation per element. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import specials from '../lib/lmul_specials.wgsl';
import { lmulSources, validLmul } from '../lib/lmul-format.js';
import naive from './naive.wgsl';
import { elementwiseLmul } from './operation.js';

export default defineKernel({
  id: 'elementwise-lmul/naive',
  title: 'Naive',
  summary: 'One invocation reads one element of A and of B, prepares both and adds them as integers.',
  computes: elementwiseLmul,
  rung: 1,
  wgsl: ({ shape }) => [...lmulSources(shape), specials, naive],
  tunables: { group: { values: [64, 128, 256], default: 256, about: 'invocations of a workgroup' } },
  valid: ({ shape }) => validLmul(shape),
  dispatch: ({ shape: { count }, tunables: { group } }) => [{ workgroups: grid(Math.ceil(count / group)) }],
});
