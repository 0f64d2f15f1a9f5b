/** A team of invocations per row, added up in workgroup memory. */
import { defineKernel } from '../../src/kernel/kernel.js';
import reduce from '../lib/sparse/reduce_team.wgsl';
import { fitsTeams } from '../lib/sparse/teams.js';
import bindings from './bindings.wgsl';
import { spmvCsr } from './operation.js';
import vector from './vector.wgsl';

export default defineKernel({
  id: 'spmv-csr/vector',
  title: 'Row per team',
  summary: 'A team of invocations reads neighbouring weights of a row together and adds up in workgroup memory.',
  computes: spmvCsr,
  rung: 2,
  wgsl: [bindings, reduce, vector],
  tunables: {
    team: { values: [4, 8, 16, 32, 64], default: 32, about: 'invocations per row' },
    rows: { values: [1, 2, 4, 8], default: 4, about: 'rows per workgroup' },
  },
  valid: ({ tunables: { team, rows } }, device) => fitsTeams(device, team, rows),
  dispatch: ({ shape: { m }, tunables: { rows } }) => [{ workgroups: [Math.ceil(m / rows)] }],
});
