/** The first rung: one invocation per window. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import window from '../lib/window.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import naive from './naive.wgsl';
import { pool2d } from './operation.js';
import pool from './pool.wgsl';

export default defineKernel({
  id: 'pool2d/naive',
  title: 'One invocation per window',
  summary: 'Each invocation walks through its window, neighbours through neighbouring ones.',
  computes: pool2d,
  rung: 1,
  wgsl: [window, pool, naive],
  tunables: { group: { values: [32, 64, 128], default: 64, about: 'invocations per workgroup' } },
  valid: ({ tunables: { group } }, facts) => workgroupFits(group, facts),
  dispatch: ({ shape: { batch, channels, outHeight, outWidth }, tunables: { group } }) => [
    { workgroups: [Math.ceil((outHeight * outWidth) / group), ...grid(batch * channels)] },
  ],
});
