/** Register blocking without shared memory. */
import { defineKernel } from '../../src/kernel/kernel.js';
import words from '../lib/bit_words.wgsl';
import { directTunables, tiles, validGroup } from '../lib/bit-gemm.js';
import { columnsSource } from '../lib/columns.js';
import direct from './direct.wgsl';
import { gemmBinary } from './operation.js';
import scaledStore from './scaled_store.wgsl';

export default defineKernel({
  id: 'gemm-binary/direct',
  title: 'Direct',
  summary: 'Each invocation keeps 4 × 4 counts in registers: 8 words loaded for 512 products.',
  computes: gemmBinary,
  rung: 2,
  wgsl: ({ shape }) => [words, columnsSource(shape), scaledStore, direct],
  tunables: directTunables,
  valid: ({ tunables }, device) => validGroup(tunables, device),
  dispatch: ({ shape, tunables: { groupX, groupY } }) => [{ workgroups: tiles(shape, groupX, groupY) }],
});
