/** For windows as large as the image. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import window from '../lib/window.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { pool2d } from './operation.js';
import pool from './pool.wgsl';
import workgroup from './workgroup.wgsl';

export default defineKernel({
  id: 'pool2d/workgroup',
  title: 'One workgroup per window',
  summary: 'A workgroup shares the elements of one window and joins its parts as a tree in shared memory.',
  computes: pool2d,
  rung: 2,
  wgsl: [window, pool, workgroup],
  tunables: { group: { values: [32, 64, 128], default: 64, about: 'invocations per workgroup' } },
  valid: ({ tunables: { group } }, facts) => workgroupFits(group, facts, 8 * group),
  dispatch: ({ shape: { batch, channels, outHeight, outWidth } }) => [
    { workgroups: grid(batch * channels * outHeight * outWidth) },
  ],
});
