/** A team for each line: few long lines keep the device busy. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import { lines } from '../lib/reduction/axis.js';
import { threads } from '../lib/strided/dispatch.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import keys from './keys.wgsl';
import { topK } from './operation.js';
import workgroup from './workgroup.wgsl';

export default defineKernel({
  id: 'top-k/workgroup',
  title: 'Workgroup',
  summary: 'A workgroup shares a line; its invocations hand on their best element and its place in halves, k times.',
  computes: topK,
  rung: 2,
  wgsl: [keys, workgroup],
  tunables: { threads },
  valid: ({ tunables }, facts) => workgroupFits(tunables.threads, facts, 8 * tunables.threads),
  dispatch: ({ shape }) => [{ workgroups: grid(lines(shape)) }],
});
