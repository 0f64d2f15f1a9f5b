/** Scores never leave the workgroup: softmax with a running maximum. */
import { defineKernel } from '../../src/kernel/kernel.js';
import largest from '../lib/reduction/max_workgroup.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { attentionF32 } from './operation.js';
import places from './places.wgsl';
import streaming from './streaming.wgsl';

export default defineKernel({
  id: 'attention-f32/streaming',
  title: 'Streaming softmax',
  summary: 'A workgroup per query walks through tiles of keys and scales its sums down when the maximum grows.',
  computes: attentionF32,
  rung: 2,
  wgsl: [places, largest, streaming],
  tunables: { group: { values: [32, 64, 128], default: 64, about: 'invocations per workgroup, keys per tile' } },
  valid({ shape: { valueSize }, tunables: { group } }, facts) {
    if (valueSize > 4 * group) return `it keeps ${4 * group} columns of O in registers, fewer than ${valueSize}`;
    return workgroupFits(group, facts, 8 * group);
  },
  dispatch: ({ shape: { heads, queries } }) => [{ workgroups: [queries, heads] }],
});
