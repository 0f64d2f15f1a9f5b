/** One tile per workgroup, read round and round without bank conflicts. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { peakWorkgroupMemory, tileWords } from './operation.js';
import rotate from './rotate.wgsl';

export default defineKernel({
  id: 'peak-workgroup-memory/rotate',
  title: 'Rotating vectors',
  summary: 'Each invocation adds up vectors of 16 bytes, starting at its own and going round the tile.',
  computes: peakWorkgroupMemory,
  rung: 1,
  wgsl: [rotate],
  tunables: { threads: { values: [64, 128, 256], default: 256, about: 'invocations per workgroup and tile' } },
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts),
  dispatch: ({ shape: { n } }) => [{ workgroups: grid(Math.ceil(n / tileWords)) }],
});
