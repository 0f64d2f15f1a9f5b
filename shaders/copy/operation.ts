/** y = x for words: the bandwidth of memory, or of the cache that both buffers fit. */

import { defineOperation } from '../../src/kernel/operation.js';
import { exactAnswer } from '../lib/answer.js';

export interface CopyShape {
  readonly [name: string]: number;
  readonly words: number;
}

/** Whole vectors of four words. */
const padded = (words: number): number => 4 * Math.ceil(words / 4);

const mebibytes = (count: number): CopyShape => ({ words: count * 2 ** 18 });

export const copy = defineOperation<CopyShape>({
  id: 'copy',
  title: 'Copy',
  summary: 'y[i] = x[i] for 32-bit words; twice 4·words bytes pass, which is also the working set.',
  parameters: [{ name: 'words', about: '32-bit words in x and in y' }],
  bindings: [
    {
      name: 'x',
      access: 'read',
      element: 'u32',
      length: ({ words }) => padded(words),
      about: 'words, padded to 16 bytes',
    },
    {
      name: 'y',
      access: 'read_write',
      element: 'u32',
      length: ({ words }) => padded(words),
      about: 'words, padded to 16 bytes',
    },
  ],
  inputs: ({ words }, random) => {
    const x = new Uint32Array(padded(words));
    for (let i = 0; i < words; i++) x[i] = random.below(2 ** 32);
    return { x };
  },
  reference: ({ x }, { words }, pick) => exactAnswer('y', pick(words), (i) => x![i]!),
  // A copy computes nothing; the operation counted is the address of each word.
  cost: ({ words }) => ({ operations: { iadd: words }, nominal: words, bytesRead: 4 * words, bytesWritten: 4 * words }),
  cases: [{ words: 1 }, { words: 67 }, { words: 4096 }, { words: 70_001 }],
  presets: [
    { title: '1 MiB each', shape: mebibytes(1) },
    { title: '16 MiB each', shape: mebibytes(16) },
    { title: '128 MiB each', shape: mebibytes(128) },
  ],
  sweep: Array.from({ length: 11 }, (_, power) => ({ words: 2 ** (13 + power) })),
});
