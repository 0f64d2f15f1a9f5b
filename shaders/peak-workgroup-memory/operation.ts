/** The bandwidth of workgroup memory: every vector of a tile is read again and again, each time by another invocation. */
import { defineOperation } from '../../src/kernel/operation.js';
import {
  cases,
  fill,
  lanes,
  presets,
  type RecurrenceShape,
  recurrences,
  scalarRows,
  sweep,
} from '../lib/peak/recurrence.js';

/** Words of one tile: 256 vectors of 16 bytes, 4 KiB. */
export const tileWords = 1024;

const padded = (n: number): number => tileWords * Math.ceil(n / tileWords);

/** Σ over t below `steps` of the word t vectors further on, going round within the tile of `index`. */
function windowSum(x: ArrayLike<number>, index: number, steps: number): number {
  const vectors = tileWords / lanes;
  const start = index - (index % tileWords);
  const own = Math.floor((index % tileWords) / lanes);
  let sum = 0;
  for (let t = 0; t < Math.min(steps, vectors); t++) {
    const rounds = Math.floor((steps - 1 - t) / vectors) + 1;
    const word = x[start + lanes * ((own + t) % vectors) + (index % lanes)]!;
    sum = (sum + Math.imul(word, rounds)) >>> 0;
  }
  return sum;
}

export const peakWorkgroupMemory = defineOperation<RecurrenceShape>({
  id: 'peak-workgroup-memory',
  title: 'Peak of workgroup memory',
  summary: 'y[i] = Σ over t < steps of the word t vectors after x[i], round within tiles of 1,024 words, modulo 2³².',
  parameters: [recurrences, { name: 'steps', about: 'vectors read from workgroup memory per vector of y' }],
  bindings: [
    {
      name: 'x',
      access: 'read',
      element: 'u32',
      length: ({ n }) => padded(n),
      about: 'n words, padded to whole tiles',
    },
    {
      name: 'y',
      access: 'read_write',
      element: 'u32',
      length: ({ n }) => padded(n),
      about: 'n sums, padded to whole tiles',
    },
  ],
  inputs: ({ n }, random) => ({ x: fill(new Uint32Array(padded(n)), n, () => random.below(2 ** 32)) }),
  reference: ({ x }, { n, steps }, pick) => scalarRows(pick(n), (i) => windowSum(x!, i, steps)),
  // 4 · n · steps bytes are read from workgroup memory; those of the record are from and to storage.
  cost: ({ n, steps }) => ({
    operations: { iadd: n * steps },
    nominal: n * steps,
    bytesRead: 4 * n,
    bytesWritten: 4 * n,
  }),
  cases,
  presets,
  sweep,
});
