/** Four rows per invocation, products of codes without dot4. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import direct from './direct.wgsl';
import { gemmInt4A8 } from './operation.js';
import { passes, requirementsOf, scratch, sources } from './rungs.js';

export default defineKernel({
  id: 'gemm-int4-a8/direct-polyfill',
  title: 'Direct, unpacked',
  summary:
    'A is quantized in a pass of its own; codes are unpacked and multiplied one by one, four rows per invocation.',
  computes: gemmInt4A8,
  rung: 1,
  ...requirementsOf('polyfill'),
  wgsl: ({ shape }) => [...sources(shape, 'polyfill'), direct],
  tunables: {
    groupX: { values: [8, 16, 32, 64], default: 32, about: 'workgroup width, along n' },
    groupY: { values: [1, 2, 4, 8], default: 4, about: 'workgroup height, four rows each' },
  },
  valid: ({ tunables: { groupX, groupY } }, device) => workgroupFits(groupX * groupY, device),
  scratch: ({ shape }) => scratch(shape),
  dispatch: ({ shape, tunables: { groupX, groupY } }) =>
    passes(shape, { workgroups: [Math.ceil(shape.n / groupX), Math.ceil(shape.m / (4 * groupY))] }),
});
