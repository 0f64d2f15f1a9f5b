/** Vectors of 16 bytes, several to an invocation: fewer instructions per byte, more loads in flight. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
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
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts),
  dispatch: ({ shape: { words }, tunables: { threads, vectors } }) => [
    { workgroups: grid(Math.ceil(words / (4 * threads * vectors))) },
  ],
});
