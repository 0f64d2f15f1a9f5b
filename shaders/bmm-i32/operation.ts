/** C = (A − zeros)·(B − zeros) for many matrices of quantized codes, exact in integers, quantized again where asked for. */

import { defineOperation } from '../../src/kernel/operation.js';
import { answerByRow } from '../lib/answer.js';
import {
  drawnCodes,
  drawnScales,
  outputParameter,
  type RequantizedShape,
  rangeBinding,
  rangeOfBytes,
  resultOf,
  scaleBinding,
  validOutput,
} from '../lib/requantize.js';

export interface IntegerBmmShape extends RequantizedShape {
  readonly batches: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Product i takes matrix ⌊i / aRepeat⌋ mod aCount of A. */
  readonly aRepeat: number;
  readonly aCount: number;
  readonly bRepeat: number;
  readonly bCount: number;
  /** 1, or one for each row. */
  readonly aZeros: number;
  /** 1, or one for each column. */
  readonly bZeros: number;
}

export const plain = {
  ...{ batches: 1, aRepeat: 1, aCount: 1, bRepeat: 1, bCount: 1 },
  ...{ aZeros: 1, bZeros: 1, scales: 1, output: 1 },
} as const;

/** With codes and zero points of 8 bits a sum of so many products stays within 32 bits. */
export const longestSum = Math.floor(2 ** 31 / 255 ** 2);

const square = (size: number): IntegerBmmShape => ({ ...plain, m: size, n: size, k: size, output: 2 });

export const bmmI32 = defineOperation<IntegerBmmShape>({
  id: 'bmm-i32',
  title: 'Batched integer GEMM',
  summary: 'C = (A − zeros)·(B − zeros) for 8-bit codes in 32-bit words, exact, or scaled back to codes.',
  parameters: [
    { name: 'batches', about: 'products' },
    { name: 'm', about: 'rows of A and C' },
    { name: 'n', about: 'columns of B and C' },
    { name: 'k', about: `columns of A, rows of B; at most ${longestSum}` },
    { name: 'aRepeat', about: 'neighbouring products that share a matrix of A' },
    { name: 'aCount', about: 'matrices of A, after the last of which the first is taken again' },
    { name: 'bRepeat', about: 'neighbouring products that share a matrix of B' },
    { name: 'bCount', about: 'matrices of B, after the last of which the first is taken again' },
    { name: 'aZeros', about: 'zero points of A: 1, or one for each row' },
    { name: 'bZeros', about: 'zero points of B: 1, or one for each column' },
    { name: 'scales', about: 'scales of the sums: 1, or one for each column' },
    outputParameter,
  ],
  valid(shape) {
    const { m, n, k, aZeros, bZeros, scales } = shape;
    if (k > longestSum) return `sums of ${k} products may need more than 32 bits`;
    if ((aZeros !== 1 && aZeros !== m) || (bZeros !== 1 && bZeros !== n)) return 'zero points are one, or one each';
    if (scales !== 1 && scales !== n) return 'there is one scale, or one for each column';
    return validOutput(shape);
  },
  bindings: [
    { name: 'A', access: 'read', element: 'i32', length: ({ aCount, m, k }) => aCount * m * k, about: 'm × k each' },
    { name: 'B', access: 'read', element: 'i32', length: ({ bCount, n, k }) => bCount * k * n, about: 'k × n each' },
    { name: 'aZero', access: 'read', element: 'i32', length: ({ aZeros }) => aZeros, about: 'aZeros' },
    { name: 'bZero', access: 'read', element: 'i32', length: ({ bZeros }) => bZeros, about: 'bZeros' },
    scaleBinding,
    rangeBinding,
    {
      name: 'C',
      access: 'read_write',
      element: 'i32',
      length: ({ batches, m, n }) => batches * m * n,
      about: 'm × n each',
    },
  ],
  inputs: (shape, random) => {
    const { m, n, k, aCount, bCount, aZeros, bZeros, scales } = shape;
    return {
      A: drawnCodes(random, aCount * m * k, 128),
      B: drawnCodes(random, bCount * k * n, 120),
      aZero: drawnCodes(random, aZeros, 128),
      bZero: drawnCodes(random, bZeros, 120),
      scale: drawnScales(random, scales, k),
      range: rangeOfBytes(),
    };
  },
  reference: ({ A, B, aZero, bZero, scale, range }, shape, pick) => {
    const { m, n, k } = shape;
    return answerByRow('C', n, pick(shape.batches * m), (row, values, bounds) => {
      const [batch, i] = [Math.floor(row / m), row % m];
      const a = (Math.floor(batch / shape.aRepeat) % shape.aCount) * m * k + i * k;
      const b = (Math.floor(batch / shape.bRepeat) % shape.bCount) * k * n;
      for (let j = 0; j < n; j++) {
        const [left, right] = [aZero![shape.aZeros === 1 ? 0 : i]!, bZero![shape.bZeros === 1 ? 0 : j]!];
        let sum = 0;
        for (let p = 0; p < k; p++) sum += (A![a + p]! - left) * (B![b + p * n + j]! - right);
        const result = resultOf(shape, sum, scale![shape.scales === 1 ? 0 : j]!, range!);
        values[j] = result.value;
        bounds[j] = result.bound;
      }
    });
  },
  cost: ({ batches, m, n, k, aCount, bCount }) => ({
    operations: { imul: batches * m * n * k, iadd: 3 * batches * m * n * k },
    nominal: 2 * batches * m * n * k,
    bytesRead: 4 * (aCount * m * k + bCount * k * n),
    bytesWritten: 4 * batches * m * n,
  }),
  cases: [
    { ...plain, m: 1, n: 1, k: 1 },
    { ...plain, m: 17, n: 19, k: 23, aZeros: 17, scales: 19, output: 2 },
    { ...plain, batches: 6, aRepeat: 3, aCount: 2, bCount: 3, m: 5, n: 33, k: 64, bZeros: 33 },
    { ...plain, m: 65, n: 36, k: 40, output: 2 },
    { ...plain, m: 3, n: 7, k: 3000, output: 2 },
  ],
  presets: [
    { title: 'Square 256', shape: square(256) },
    { title: 'BERT feed-forward, 128 tokens', shape: { ...plain, m: 128, n: 3072, k: 768, output: 2 } },
  ],
  sweep: [64, 128, 256, 512].map(square),
});
