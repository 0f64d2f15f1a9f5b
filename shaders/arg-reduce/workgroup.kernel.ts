/** The only rung: a workgroup for each line. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import { lines } from '../lib/reduction/axis.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { argReduce } from './operation.js';
import workgroup from './workgroup.wgsl';

export default defineKernel({
  id: 'arg-reduce/workgroup',
  title: 'Workgroup',
  summary: 'A workgroup shares a line; its invocations hand on their best element and its place in halves.',
  computes: argReduce,
  rung: 1,
  wgsl: [workgroup],
  tunables: { threads: { values: [32, 64, 128, 256], default: 64, about: 'invocations per workgroup' } },
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts, 8 * threads),
  dispatch: ({ shape }) => [{ workgroups: grid(lines(shape)) }],
});
