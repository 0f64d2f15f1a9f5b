/** Streaming softmax for several queries at once. */
import { defineKernel } from '../../src/kernel/kernel.js';
import largest from '../lib/reduction/max_workgroup.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import blocked from './blocked.wgsl';
import { attentionF32 } from './operation.js';
import places from './places.wgsl';

export default defineKernel({
  id: 'attention-f32/blocked',
  title: 'Streaming softmax, four queries',
  summary: 'A workgroup serves four queries, so each key and each value that is loaded is used four times.',
  computes: attentionF32,
  rung: 3,
  wgsl: [places, largest, blocked],
  tunables: { group: { values: [32, 64, 128], default: 64, about: 'invocations per workgroup, keys per tile' } },
  valid({ shape: { valueSize }, tunables: { group } }, facts) {
    if (valueSize > 4 * group) return `it keeps ${4 * group} columns of O in registers, fewer than ${valueSize}`;
    return workgroupFits(group, facts, 32 * group);
  },
  dispatch: ({ shape: { heads, queries } }) => [{ workgroups: [Math.ceil(queries / 4), heads] }],
});
