/** Register blocking without shared memory. */
import { defineKernel } from '../../src/kernel/kernel.js';
import words from '../lib/bit_words.wgsl';
import { directTunables, tiles, validGroup } from '../lib/bit-gemm.js';
import { columnsSource } from '../lib/columns.js';
import direct from './direct.wgsl';
import { gemmW2a2 } from './operation.js';

export default defineKernel({
  id: 'gemm-w2a2/direct',
  title: 'Direct',
  summary: 'Each invocation keeps 4 × 4 sums in registers: 16 words loaded for 512 products.',
  computes: gemmW2a2,
  rung: 2,
  wgsl: ({ shape }) => [words, columnsSource(shape), direct],
  tunables: directTunables,
  valid: ({ tunables }, device) => validGroup(tunables, device),
  dispatch: ({ shape, tunables: { groupX, groupY } }) => [{ workgroups: tiles(shape, groupX, groupY) }],
});
