/** The first rung: weight by weight, wherever its bits are. */
import { defineKernel } from '../../src/kernel/kernel.js';
import single from '../lib/any-bit/single.wgsl';
import { anyBitSources } from '../lib/any-bit/weights.js';
import panelB from '../lib/panel_b.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import naive from './naive.wgsl';
import { gemmAnyBit } from './operation.js';

export default defineKernel({
  id: 'gemm-anybit/naive',
  title: 'Naive',
  summary: 'One invocation per element of C finds each code by its bit position, in one word or two.',
  computes: gemmAnyBit,
  rung: 1,
  wgsl: ({ shape }) => [panelB, ...anyBitSources(shape), single, naive],
  tunables: {
    groupX: { values: [8, 16, 32], default: 16, about: 'workgroup width, along n' },
    groupY: { values: [4, 8, 16], default: 16, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, device) => workgroupFits(groupX * groupY, device),
  dispatch: ({ shape: { m, n }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / groupX), Math.ceil(m / groupY)] },
  ],
});
