/** The matrix-vector rung: a team of invocations per row, places found by one prefix sum of popcounts. */
import { defineKernel } from '../../src/kernel/kernel.js';
import reduce from '../lib/sparse/reduce_team.wgsl';
import { fitsTeams } from '../lib/sparse/teams.js';
import bindings from './bindings_scalar.wgsl';
import gemv from './gemv.wgsl';
import { spmmBitmap } from './operation.js';
import structure from './structure.wgsl';

export default defineKernel({
  id: 'spmm-bitmap/gemv',
  title: 'Matrix-vector',
  summary:
    'A team of invocations per row takes a run of words each; one prefix sum of popcounts tells where its weights are; made for n = 1.',
  computes: spmmBitmap,
  rung: 4,
  wgsl: [structure, bindings, reduce, gemv],
  tunables: {
    team: { values: [4, 8, 16, 32, 64], default: 32, about: 'invocations per row' },
    rows: { values: [1, 2, 4, 8], default: 4, about: 'rows per workgroup' },
  },
  valid: ({ tunables: { team, rows } }, device) => fitsTeams(device, team, rows),
  dispatch: ({ shape: { m, n }, tunables: { rows } }) => [{ workgroups: [Math.ceil(m / rows), n] }],
});
