/** Lanes exchange their states without memory: one barrier instead of one per halving. */

import { defineKernel } from '../../src/kernel/kernel.js';
import { grid } from '../lib/grid.js';
import { lines } from '../lib/reduction/axis.js';
import { threads } from '../lib/strided/dispatch.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { reduce, reduceSources } from './operation.js';
import subgroup from './subgroup.wgsl';
import team from './team.wgsl';

export default defineKernel({
  id: 'reduce/subgroup',
  title: 'Subgroup',
  summary: 'A workgroup shares a line; states are combined across lanes, and once across subgroups.',
  computes: reduce,
  rung: 3,
  wgsl: ({ shape }) => [...reduceSources(shape), team, subgroup],
  requires: { features: ['subgroups'] },
  tunables: { threads },
  valid: ({ tunables }, facts) =>
    (facts.subgroup?.max ?? 128) <= tunables.threads
      ? workgroupFits(tunables.threads, facts, 8 * tunables.threads)
      : 'a subgroup may be larger than the workgroup',
  dispatch: ({ shape }) => [{ workgroups: grid(lines(shape)) }],
});
