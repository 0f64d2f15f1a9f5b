/** Streaming softmax without barriers: an invocation on its own for four queries. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { attentionF32 } from './operation.js';
import places from './places.wgsl';
import rows from './rows.wgsl';

export default defineKernel({
  id: 'attention-f32/rows',
  title: 'Streaming softmax, no barriers',
  summary: 'Each invocation serves four queries by itself, so nothing waits, as processors without a GPU like it.',
  computes: attentionF32,
  rung: 4,
  wgsl: [places, rows],
  tunables: {
    group: { values: [8, 16, 32, 64], default: 32, about: 'invocations per workgroup' },
    keys: { values: [32, 64], default: 32, about: 'keys whose powers an invocation holds' },
  },
  valid: ({ tunables: { group } }, facts) => workgroupFits(group, facts),
  dispatch: ({ shape: { heads, queries }, tunables: { group } }) => [
    { workgroups: [Math.ceil((heads * Math.ceil(queries / 4)) / group)] },
  ],
});
