/** C = activation(α·A·B + β·bias) for many f32 matrices at once, as the linear layers and attention of models need it. */

import { defineOperation } from '../../src/kernel/operation.js';
import { f32Roundoff, gamma } from '../../src/numerics/matmul.js';
import { answerByRow } from '../lib/answer.js';
import { f32OfBits } from '../lib/elementwise/special.js';
import {
  activate,
  clipActivation,
  type EpilogueShape,
  epilogueParameters,
  f32Bits,
  growth,
  leakyActivation,
  noActivation,
  reluActivation,
  validEpilogue,
} from '../lib/epilogue.js';

export interface BmmShape extends EpilogueShape {
  readonly batches: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** 1: m × k; 2: stored k × m. */
  readonly transA: number;
  /** 1: k × n; 2: stored n × k. */
  readonly transB: number;
  /** Product i takes matrix ⌊i / aRepeat⌋ mod aCount of A. */
  readonly aRepeat: number;
  readonly aCount: number;
  readonly bRepeat: number;
  readonly bCount: number;
  /** 1 none, 2 one number, 3 a row of n, 4 a column of m, 5 a matrix m × n; the same for all products. */
  readonly bias: number;
  readonly alphaBits: number;
  readonly betaBits: number;
}

export const plain = {
  batches: 1,
  transA: 1,
  transB: 1,
  aRepeat: 1,
  aCount: 1,
  bRepeat: 1,
  bCount: 1,
  bias: 1,
  alphaBits: f32Bits(1),
  betaBits: f32Bits(1),
  ...noActivation,
} as const;

/** One A and one B for each product. */
export const batched = (batches: number) => ({ ...plain, batches, aCount: batches, bCount: batches });

const square = (size: number): BmmShape => ({ ...batched(4), m: size, n: size, k: size });

export const bmmF32 = defineOperation<BmmShape>({
  id: 'bmm-f32',
  title: 'Batched GEMM f32',
  summary: 'C = activation(α·A·B + β·bias) for each of a batch of f32 matrices, either operand transposed or shared.',
  parameters: [
    { name: 'batches', about: 'products' },
    { name: 'm', about: 'rows of C' },
    { name: 'n', about: 'columns of C' },
    { name: 'k', about: 'length of the sums' },
    { name: 'transA', about: '1 if A is m × k, 2 if it is stored k × m' },
    { name: 'transB', about: '1 if B is k × n, 2 if it is stored n × k' },
    { name: 'aRepeat', about: 'neighbouring products that share a matrix of A' },
    { name: 'aCount', about: 'matrices of A, after the last of which the first is taken again' },
    { name: 'bRepeat', about: 'neighbouring products that share a matrix of B' },
    { name: 'bCount', about: 'matrices of B, after the last of which the first is taken again' },
    { name: 'bias', about: '1 none, 2 one number, 3 a row of n, 4 a column of m, 5 m × n' },
    { name: 'alphaBits', about: 'f32 bits of the factor α of the product' },
    { name: 'betaBits', about: 'f32 bits of the factor β of the bias' },
    ...epilogueParameters,
  ],
  valid: (shape) => {
    if (shape.transA > 2 || shape.transB > 2) return 'transA and transB are 1 (as is) or 2 (transposed)';
    return shape.bias <= 5 ? validEpilogue(shape) : `bias is 1 to 5, not ${shape.bias}`;
  },
  bindings: [
    {
      name: 'A',
      access: 'read',
      element: 'f32',
      length: ({ aCount, m, k }) => aCount * m * k,
      about: 'aCount matrices',
    },
    {
      name: 'B',
      access: 'read',
      element: 'f32',
      length: ({ bCount, n, k }) => bCount * k * n,
      about: 'bCount matrices',
    },
    {
      name: 'bias',
      access: 'read',
      element: 'f32',
      length: biasLength,
      about: 'as `bias` says; one unused number if none',
    },
    {
      name: 'C',
      access: 'read_write',
      element: 'f32',
      length: ({ batches, m, n }) => batches * m * n,
      about: 'm × n each',
    },
  ],
  inputs: (shape, random) => ({
    A: random.values(shape.aCount * shape.m * shape.k),
    B: random.values(shape.bCount * shape.k * shape.n),
    bias: random.values(biasLength(shape)),
  }),
  reference: ({ A, B, bias }, shape, pick) => {
    const { m, n, k } = shape;
    // k products and sums, the factors α and β, the sum with the bias, the slope: each rounds once.
    const factor = gamma(k + 4, f32Roundoff) * growth(shape);
    const [alpha, beta] = [f32OfBits(shape.alphaBits), f32OfBits(shape.betaBits)];
    return answerByRow('C', n, pick(shape.batches * m), (row, values, bounds) => {
      const [batch, i] = [Math.floor(row / m), row % m];
      const a = matrixOf(batch, shape.aRepeat, shape.aCount) * m * k;
      const b = matrixOf(batch, shape.bRepeat, shape.bCount) * k * n;
      for (let j = 0; j < n; j++) {
        let [sum, size] = [0, 0];
        for (let p = 0; p < k; p++) {
          const left = A![a + (shape.transA === 2 ? p * m + i : i * k + p)]!;
          const term = left * B![b + (shape.transB === 2 ? j * k + p : p * n + j)]!;
          sum += term;
          size += Math.abs(term);
        }
        const offset = shape.bias === 1 ? 0 : beta * bias![biasAt(shape, i, j)]!;
        values[j] = activate(shape, alpha * sum + offset);
        bounds[j] = factor * (Math.abs(alpha) * size + Math.abs(offset));
      }
    });
  },
  cost: (shape) => {
    const { batches, m, n, k, aCount, bCount } = shape;
    return {
      operations: { fma32: batches * m * n * (k + (shape.bias === 1 ? 0 : 1)) },
      nominal: 2 * batches * m * n * k,
      bytesRead: 4 * (aCount * m * k + bCount * k * n + biasLength(shape)),
      bytesWritten: 4 * batches * m * n,
    };
  },
  cases: [
    { ...plain, m: 1, n: 1, k: 1 },
    { ...batched(3), m: 17, n: 19, k: 23, bias: 3, alphaBits: f32Bits(0.5), betaBits: f32Bits(-2) },
    { ...batched(2), m: 36, n: 68, k: 20, bias: 4, ...reluActivation },
    {
      ...plain,
      batches: 6,
      aRepeat: 3,
      aCount: 2,
      bCount: 3,
      m: 9,
      n: 20,
      k: 12,
      transB: 2,
      bias: 2,
      ...leakyActivation(0.1),
    },
    { ...plain, batches: 2, aCount: 2, m: 33, n: 7, k: 130, transA: 2, bias: 5, ...clipActivation(-1, 2) },
    { ...plain, m: 5, n: 131, k: 67, transA: 2, transB: 2 },
  ],
  presets: [
    { title: 'BERT feed-forward with bias', shape: { ...plain, m: 128, n: 3072, k: 768, bias: 3 } },
    {
      title: '12 heads, scores',
      shape: { ...batched(12), m: 128, n: 128, k: 64, transB: 2, alphaBits: f32Bits(0.125) },
    },
    { title: '4 × 512', shape: square(512) },
  ],
  sweep: [32, 64, 128, 256, 512].map(square),
});

/** Which matrix of an operand product `batch` takes. */
function matrixOf(batch: number, repeat: number, count: number): number {
  return Math.floor(batch / repeat) % count;
}

function biasLength({ bias, m, n }: BmmShape): number {
  return [1, 1, n, m, m * n][bias - 1] ?? 1;
}

function biasAt({ bias, n }: BmmShape, row: number, col: number): number {
  return [0, 0, col, row, row * n + col][bias - 1] ?? 0;
}
