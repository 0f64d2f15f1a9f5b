/** The matrix-vector rung: a team of invocations per row. */
import { defineKernel } from '../../src/kernel/kernel.js';
import reduce from '../lib/sparse/reduce_team.wgsl';
import { fitsTeams } from '../lib/sparse/teams.js';
import gemv from './gemv.wgsl';
import { spmmTwoFour } from './operation.js';

export default defineKernel({
  id: 'spmm-2-4/gemv',
  title: 'Matrix-vector',
  summary:
    'A team of invocations per row reads its weights as vec4 words and adds up in workgroup memory; made for n = 1.',
  computes: spmmTwoFour,
  rung: 4,
  wgsl: [reduce, gemv],
  tunables: {
    team: { values: [4, 8, 16, 32, 64], default: 32, about: 'invocations per row' },
    rows: { values: [1, 2, 4, 8], default: 4, about: 'rows per workgroup' },
  },
  valid: ({ tunables: { team, rows } }, device) => fitsTeams(device, team, rows),
  dispatch: ({ shape: { m, n }, tunables: { rows } }) => [{ workgroups: [Math.ceil(m / rows), n] }],
});
