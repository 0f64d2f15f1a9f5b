/** A team for each row: neighbours read neighbours. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import total from '../lib/reduction/total_workgroup.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { layerNorm } from './operation.js';
import row from './row.wgsl';
import workgroup from './workgroup.wgsl';

export default defineKernel({
  id: 'layer-norm/workgroup',
  title: 'Workgroup',
  summary: 'A workgroup shares a row; both sums are found in halves through its memory.',
  computes: layerNorm,
  rung: 2,
  wgsl: [row, total, workgroup],
  tunables: { threads: { values: [32, 64, 128, 256], default: 64, about: 'invocations per workgroup' } },
  valid: ({ tunables: { threads } }, facts) => workgroupFits(threads, facts, 4 * threads),
  dispatch: ({ shape }) => [{ workgroups: grid(shape.rows) }],
});
