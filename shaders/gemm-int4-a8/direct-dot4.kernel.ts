/** Four rows per invocation, products of codes by dot4. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import direct from './direct.wgsl';
import { gemmInt4A8 } from './operation.js';
import { passes, requirementsOf, scratch, sources } from './rungs.js';

export default defineKernel({
  id: 'gemm-int4-a8/direct-dot4',
  title: 'Direct, dot4',
  summary:
    'The same with dot4I8Packed: nibbles are parted by a mask and met by four activation codes in one instruction.',
  computes: gemmInt4A8,
  rung: 2,
  ...requirementsOf('native'),
  wgsl: ({ shape }) => [...sources(shape, 'native'), direct],
  tunables: {
    groupX: { values: [8, 16, 32, 64], default: 32, about: 'workgroup width, along n' },
    groupY: { values: [1, 2, 4, 8], default: 4, about: 'workgroup height, four rows each' },
  },
  valid: ({ tunables: { groupX, groupY } }, device) => workgroupFits(groupX * groupY, device),
  scratch: ({ shape }) => scratch(shape),
  dispatch: ({ shape, tunables: { groupX, groupY } }) =>
    passes(shape, { workgroups: [Math.ceil(shape.n / groupX), Math.ceil(shape.m / (4 * groupY))] }),
});
