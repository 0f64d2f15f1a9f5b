/** A team for each line: long lines of few outputs keep the device busy. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import { lines } from '../lib/reduction/axis.js';
import { threads } from '../lib/strided/dispatch.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { reduce, reduceSources } from './operation.js';
import team from './team.wgsl';
import workgroup from './workgroup.wgsl';

export default defineKernel({
  id: 'reduce/workgroup',
  title: 'Workgroup',
  summary: 'A workgroup shares a line, and its invocations combine their states in halves.',
  computes: reduce,
  rung: 2,
  wgsl: ({ shape }) => [...reduceSources(shape), team, workgroup],
  tunables: { threads },
  valid: ({ tunables }, facts) => workgroupFits(tunables.threads, facts, 8 * tunables.threads),
  dispatch: ({ shape }) => [{ workgroups: grid(lines(shape)) }],
});
