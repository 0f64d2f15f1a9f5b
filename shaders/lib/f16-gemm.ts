/** What the products of f16 matrices share: bindings, inputs, exact values, shapes. */
import type { Binding, Buffers } from '../../src/kernel/operation.js';
import { decodeFloat16, encodeFloat16 } from '../../src/numerics/float16.js';
import { type MatmulRows, matmulRows } from '../../src/numerics/matmul.js';
import type { Random } from '../../src/numerics/random.js';

export interface GemmShape {
  readonly [name: string]: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Smallest normal f16. WGSL lets a device treat what lies below as 0. */
export const smallestNormal = 2 ** -14;

export const parameters = [
  { name: 'm', about: 'rows of A and C' },
  { name: 'n', about: 'columns of B and C' },
  { name: 'k', about: 'columns of A, rows of B' },
];

export const bindings: readonly Binding<GemmShape>[] = [
  { name: 'A', access: 'read', element: 'f16', length: ({ m, k }) => m * k, about: 'm × k, row-major' },
  { name: 'B', access: 'read', element: 'f16', length: ({ n, k }) => k * n, about: 'k × n, row-major' },
  { name: 'C', access: 'read_write', element: 'f32', length: ({ m, n }) => m * n, about: 'm × n, row-major' },
];

/** Values rounded to f16 codes; those that would be subnormal become 0, so that no device may differ about them. */
export function halfCodes(values: Float32Array): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, (value) => (Math.abs(value) < smallestNormal ? 0 : encodeFloat16(value)));
}

export function inputs({ m, n, k }: GemmShape, random: Random): Buffers {
  return { A: halfCodes(random.values(m * k)), B: halfCodes(random.values(k * n)) };
}

/** Rows of A·B in f64 and Σ|a||b|, for operands given as f16 codes. */
export function exactRows({ A, B }: Buffers, shape: GemmShape, rows: Uint32Array): MatmulRows {
  return matmulRows(Float32Array.from(A!, decodeFloat16), Float32Array.from(B!, decodeFloat16), shape, rows);
}

export function bytes({ m, n, k }: GemmShape): { readonly bytesRead: number; readonly bytesWritten: number } {
  return { bytesRead: 2 * (m * k + k * n), bytesWritten: 4 * m * n };
}

const square = (size: number): GemmShape => ({ m: size, n: size, k: size });

export const cases: readonly GemmShape[] = [
  square(1),
  { m: 17, n: 19, k: 23 },
  { m: 65, n: 65, k: 65 },
  { m: 64, n: 64, k: 64 },
  { m: 1, n: 131, k: 67 },
  { m: 129, n: 1, k: 33 },
  { m: 33, n: 47, k: 1 },
  { m: 5, n: 7, k: 5000 },
  { m: 128, n: 132, k: 36 },
];

export const presets = [
  { title: 'Square 512', shape: square(512) },
  { title: 'Square 1024', shape: square(1024) },
  { title: 'Square 2048', shape: square(2048) },
  { title: 'LLM prefill (128 tokens)', shape: { m: 128, n: 4096, k: 4096 } },
  { title: 'Tall and skinny', shape: { m: 4096, n: 64, k: 512 } },
];

export const sweep: readonly GemmShape[] = [64, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 4096].map(square);
