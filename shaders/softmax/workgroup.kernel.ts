/** A team for each line: neighbours read neighbours where the dimension is the last. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import { lines } from '../lib/reduction/axis.js';
import total from '../lib/reduction/total_workgroup.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { softmax } from './operation.js';
import workgroup from './workgroup.wgsl';

export default defineKernel({
  id: 'softmax/workgroup',
  title: 'Workgroup',
  summary: 'A workgroup shares a line; largest and sum are found in halves through its memory.',
  computes: softmax,
  rung: 2,
  wgsl: [total, workgroup],
  tunables: { threads: { values: [32, 64, 128, 256], default: 64, about: 'invocations per workgroup' } },
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts, 8 * threads),
  dispatch: ({ shape }) => [{ workgroups: grid(lines(shape)) }],
});
