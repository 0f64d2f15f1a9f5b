/** Weights dealt out evenly, whatever the rows, so that one long row does not hold up all others. */
import { defineKernel, type Variant } from '../../src/kernel/kernel.js';
import { keptWeights } from '../lib/sparse/operation.js';
import reduce from '../lib/sparse/reduce_team.wgsl';
import { fitsTeams } from '../lib/sparse/teams.js';
import { allOf } from '../lib/valid.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import balanced from './balanced.wgsl';
import bindings from './bindings.wgsl';
import { type SpmvShape, spmvCsr } from './operation.js';

type Name = 'chunk' | 'lanes' | 'team' | 'rows';

export default defineKernel({
  id: 'spmv-csr/balanced',
  title: 'Equal shares of weights',
  summary:
    'Every invocation takes as many weights, and a second pass joins the rows that were cut: for matrices with a few long rows.',
  computes: spmvCsr,
  rung: 4,
  wgsl: [bindings, reduce, balanced],
  tunables: {
    chunk: { values: [8, 16, 32, 64], default: 16, about: 'weights per invocation' },
    lanes: { values: [32, 64, 128, 256], default: 64, about: 'chunks per workgroup' },
    team: { values: [4, 8, 16, 32, 64], default: 8, about: 'invocations per row when rows are joined' },
    rows: { values: [1, 2, 4, 8, 16], default: 8, about: 'rows per workgroup when rows are joined' },
  },
  scratch: (variant) => [{ name: 'parts', element: 'f32', length: 2 * chunksOf(variant) }],
  valid: ({ tunables: { lanes, team, rows } }, device) =>
    allOf(workgroupFits(lanes, device), fitsTeams(device, team, rows)),
  dispatch: (variant) => [
    { entryPoint: 'deal', workgroups: [Math.ceil(chunksOf(variant) / variant.tunables.lanes)] },
    { entryPoint: 'join', workgroups: [Math.ceil(variant.shape.m / variant.tunables.rows)] },
  ],
});

function chunksOf({ shape: { m, k, densityPerMille }, tunables: { chunk } }: Variant<SpmvShape, Name>): number {
  return Math.max(1, Math.ceil(keptWeights({ m, k, densityPerMille }) / chunk));
}
