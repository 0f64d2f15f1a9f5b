/** Wide loads: four elements per invocation. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import specials from '../lib/lmul_specials.wgsl';
import { lmulSources, validLmul } from '../lib/lmul-format.js';
import { elementwiseLmul } from './operation.js';
import vec4 from './vec4.wgsl';

export default defineKernel({
  id: 'elementwise-lmul/vec4',
  title: 'Four at once',
  summary: 'One invocation loads four elements of A and of B at once, 16 bytes each.',
  computes: elementwiseLmul,
  rung: 2,
  wgsl: ({ shape }) => [...lmulSources(shape), specials, vec4],
  tunables: { group: { values: [64, 128, 256], default: 256, about: 'invocations of a workgroup' } },
  valid: ({ shape }) =>
    shape.count % 4 === 0
      ? validLmul(shape)
      : 'Loads of four need a count divisible by 4; elementwise-lmul/naive takes any count.',
  dispatch: ({ shape: { count }, tunables: { group } }) => [{ workgroups: grid(Math.ceil(count / 4 / group)) }],
});
