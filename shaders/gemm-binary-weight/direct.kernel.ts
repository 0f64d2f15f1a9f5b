/** Register blocking: a word of signs serves 32 steps. */
import { defineKernel } from '../../src/kernel/kernel.js';
import words from '../lib/bit_words.wgsl';
import { directTunables, tiles, validGroup } from '../lib/bit-gemm.js';
import scaledStore from '../lib/column_scaled_store.wgsl';
import { columnsSource } from '../lib/columns.js';
import direct from './direct.wgsl';
import { gemmBinaryWeight } from './operation.js';

export default defineKernel({
  id: 'gemm-binary-weight/direct',
  title: 'Direct',
  summary: 'Each invocation keeps 4 × 4 sums; four words of signs serve 32 steps of k and four rows.',
  computes: gemmBinaryWeight,
  rung: 2,
  wgsl: ({ shape }) => [words, columnsSource(shape), scaledStore, direct],
  tunables: directTunables,
  valid: ({ tunables }, device) => validGroup(tunables, device),
  dispatch: ({ shape, tunables: { groupX, groupY } }) => [{ workgroups: tiles(shape, groupX, groupY) }],
});
