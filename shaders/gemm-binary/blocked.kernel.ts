/** Tiles of words in shared memory. */
import { defineKernel } from '../../src/kernel/kernel.js';
import words from '../lib/bit_words.wgsl';
import { directTunables, tiles } from '../lib/bit-gemm.js';
import { columnsSource } from '../lib/columns.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import blocked from './blocked.wgsl';
import { gemmBinary } from './operation.js';
import scaledStore from './scaled_store.wgsl';

export default defineKernel({
  id: 'gemm-binary/blocked',
  title: 'Blocked',
  summary: 'A workgroup shares tiles of words, so each word is read from storage once per tile of C.',
  computes: gemmBinary,
  rung: 3,
  wgsl: ({ shape }) => [words, columnsSource(shape), scaledStore, blocked],
  tunables: {
    ...directTunables,
    tileWords: { values: [4, 8, 16], default: 8, about: 'depth of the tiles in words of 32' },
  },
  valid: ({ tunables: { groupX, groupY, tileWords } }, device) =>
    workgroupFits(groupX * groupY, device, 16 * tileWords * (groupX + groupY)),
  dispatch: ({ shape, tunables: { groupX, groupY } }) => [{ workgroups: tiles(shape, groupX, groupY) }],
});
