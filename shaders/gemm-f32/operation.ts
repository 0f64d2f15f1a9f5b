/** C = A·B for f32 matrices. */
import { defineOperation } from '../../src/kernel/operation.js';
import { f32Roundoff, gamma, matmulRows } from '../../src/numerics/matmul.js';

export interface GemmShape {
  readonly [name: string]: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

const square = (size: number): GemmShape => ({ m: size, n: size, k: size });

export const gemmF32 = defineOperation<GemmShape>({
  id: 'gemm-f32',
  title: 'GEMM f32',
  summary: 'C = A·B, with A m×k, B k×n and C m×n in f32, row-major.',
  parameters: [
    { name: 'm', about: 'rows of A and C' },
    { name: 'n', about: 'columns of B and C' },
    { name: 'k', about: 'columns of A, rows of B' },
  ],
  bindings: [
    { name: 'A', access: 'read', element: 'f32', length: ({ m, k }) => m * k, about: 'm × k, row-major' },
    { name: 'B', access: 'read', element: 'f32', length: ({ n, k }) => k * n, about: 'k × n, row-major' },
    { name: 'C', access: 'read_write', element: 'f32', length: ({ m, n }) => m * n, about: 'm × n, row-major' },
  ],
  inputs: ({ m, n, k }, random) => ({ A: random.values(m * k), B: random.values(k * n) }),
  reference: ({ A, B }, shape, pick) => {
    const rows = pick(shape.m);
    const { values, magnitudes } = matmulRows(A!, B!, shape, rows);
    const factor = gamma(shape.k, f32Roundoff);
    return [{ output: 'C', columns: shape.n, rows, values, bounds: magnitudes.map((sum) => sum * factor) }];
  },
  cost: ({ m, n, k }) => ({
    operations: { fma32: m * n * k },
    nominal: 2 * m * n * k,
    bytesRead: 4 * (m * k + k * n),
    bytesWritten: 4 * m * n,
  }),
  cases: [
    square(1),
    { m: 17, n: 19, k: 23 },
    { m: 65, n: 65, k: 65 },
    { m: 64, n: 64, k: 64 },
    { m: 1, n: 131, k: 67 },
    { m: 129, n: 1, k: 33 },
    { m: 33, n: 47, k: 1 },
    { m: 5, n: 7, k: 5000 },
    { m: 128, n: 132, k: 36 },
  ],
  presets: [
    { title: 'Square 512', shape: square(512) },
    { title: 'Square 1024', shape: square(1024) },
    { title: 'Square 2048', shape: square(2048) },
    { title: 'LLM prefill (128 tokens)', shape: { m: 128, n: 4096, k: 4096 } },
    { title: 'LLM decode (1 token)', shape: { m: 1, n: 4096, k: 4096 } },
    { title: 'Tall and skinny', shape: { m: 4096, n: 64, k: 512 } },
    { title: 'Long K', shape: { m: 64, n: 64, k: 16384 } },
  ],
  sweep: [64, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 4096].map(square),
});
