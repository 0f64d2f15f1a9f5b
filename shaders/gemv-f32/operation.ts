/** y = W·x for an f32 matrix and vector, oriented as a weight matrix in LLM decode. */
import { defineOperation } from '../../src/kernel/operation.js';
import { productAnswer } from '../lib/answer.js';

export interface GemvShape {
  readonly [name: string]: number;
  readonly n: number;
  readonly k: number;
}

const square = (size: number): GemvShape => ({ n: size, k: size });

export const gemvF32 = defineOperation<GemvShape>({
  id: 'gemv-f32',
  title: 'GEMV f32',
  summary: 'y[n] = Σ W[n][k]·x[k] in f32, with W n×k row-major, as the weights of a linear layer are stored.',
  parameters: [
    { name: 'n', about: 'rows of W, length of y' },
    { name: 'k', about: 'columns of W, length of x' },
  ],
  bindings: [
    { name: 'W', access: 'read', element: 'f32', length: ({ n, k }) => n * k, about: 'n × k, row-major' },
    { name: 'x', access: 'read', element: 'f32', length: ({ k }) => k, about: 'k' },
    { name: 'y', access: 'read_write', element: 'f32', length: ({ n }) => n, about: 'n' },
  ],
  inputs: ({ n, k }, random) => ({ W: random.values(n * k), x: random.values(k) }),
  reference: ({ W, x }, { n, k }, pick) => productAnswer({ a: W!, b: x! }, { m: n, n: 1, k }, pick, 'y'),
  cost: ({ n, k }) => ({
    operations: { fma32: n * k },
    nominal: 2 * n * k,
    bytesRead: 4 * (n * k + k),
    bytesWritten: 4 * n,
  }),
  cases: [
    square(1),
    { n: 37, k: 71 },
    { n: 64, k: 64 },
    { n: 1, k: 131 },
    { n: 131, k: 1 },
    { n: 5, k: 5000 },
    { n: 257, k: 129 },
    { n: 130, k: 516 },
  ],
  presets: [
    { title: 'LLM decode, attention', shape: square(2048) },
    { title: 'LLM decode, feed-forward up', shape: { n: 8192, k: 2048 } },
    { title: 'LLM decode, feed-forward down', shape: { n: 2048, k: 8192 } },
    { title: 'Vocabulary', shape: { n: 32000, k: 1024 } },
    { title: 'Few long rows', shape: { n: 16, k: 262144 } },
  ],
  sweep: [256, 512, 1024, 2048, 3072, 4096].map(square),
});
