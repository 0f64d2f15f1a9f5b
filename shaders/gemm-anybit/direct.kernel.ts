/** Blocks of 32 codes taken out of whole words for a register tile of C. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { anyBitSources } from '../lib/any-bit/weights.js';
import { registerTile } from '../lib/register-tile.js';
import storeFour from '../lib/store_four.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import direct from './direct.wgsl';
import { gemmAnyBit } from './operation.js';

export default defineKernel({
  id: 'gemm-anybit/direct',
  title: 'Whole words, decoded in registers',
  summary: 'Each invocation decodes 32 weights of four columns at a time and uses them for all rows of its tile of C.',
  computes: gemmAnyBit,
  rung: 2,
  wgsl: ({ shape, tunables: { threadM } }) => [
    registerTile({ threadM, threadN: 4, readA: 'readA' }),
    ...anyBitSources(shape),
    storeFour,
    direct,
  ],
  tunables: {
    threadM: { values: [1, 2, 4, 8, 16], default: 4, about: 'rows of C per invocation' },
    groupX: { values: [4, 8, 16, 32, 64], default: 8, about: 'workgroup width, four columns each' },
    groupY: { values: [1, 2, 4, 8], default: 8, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, device) => workgroupFits(groupX * groupY, device),
  dispatch: ({ shape: { m, n }, tunables: { threadM, groupX, groupY } }) => [
    { workgroups: [Math.ceil(n / (4 * groupX)), Math.ceil(m / (groupY * threadM))] },
  ],
});
