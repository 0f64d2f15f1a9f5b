/** Whole words in, whole vectors out. */

import { defineKernel } from '../../src/kernel/kernel.js';
import layout from '../lib/int8-gemm/layout.wgsl';
import unpack from '../lib/unpack_int8.wgsl';
import { workgroupFits } from '../lib/workgroup-fits.js';
import { dequantizeInt8Rows } from './operation.js';
import words from './words.wgsl';
import aligned from './words_aligned.wgsl';
import any from './words_any.wgsl';

export default defineKernel({
  id: 'dequantize-int8/words',
  title: 'Word per invocation',
  summary: 'One invocation per word unpacks four codes and writes them as one vec4 where rows are 16-byte aligned.',
  computes: dequantizeInt8Rows,
  rung: 2,
  wgsl: ({ shape: { k } }) => [k % 4 === 0 ? aligned : any, layout, unpack, words],
  tunables: {
    groupX: { values: [16, 32, 64], default: 32, about: 'workgroup width, along k' },
    groupY: { values: [1, 2, 4, 8], default: 4, about: 'workgroup height, along m' },
  },
  valid: ({ tunables: { groupX, groupY } }, facts) => workgroupFits(groupX * groupY, facts),
  dispatch: ({ shape: { m, k }, tunables: { groupX, groupY } }) => [
    { workgroups: [Math.ceil(k / (4 * groupX)), Math.ceil(m / groupY)] },
  ],
});
