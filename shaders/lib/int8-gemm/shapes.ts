/** Parameters, bindings and shapes that the products of 8-bit codes share. */
import type { Binding } from '../../../src/kernel/operation.js';
import { rowWords } from '../../../src/numerics/int8.js';
import type { GemmShape } from './rungs.js';

/** Rows of codes are padded to a multiple of this many. */
export const quad = 16;

/** Refuses a k whose sum of products, each at most `largest`², might overflow an i32. */
export function exactUpTo(largest: number) {
  const longest = Math.floor((2 ** 31 - 1) / largest ** 2);
  return ({ k }: GemmShape): true | string =>
    k <= longest || `k=${k} products may overflow a 32-bit sum: cut k into parts of at most ${longest}`;
}

export const parameters = [
  { name: 'm', about: 'rows of A and C' },
  { name: 'n', about: 'columns of B and C' },
  { name: 'k', about: 'columns of A, rows of B' },
];

/** Codes of A by rows or of B by columns. */
export function codes(operand: 'A' | 'B', alignment = quad): Binding<GemmShape> {
  const [size, lines] = operand === 'A' ? (['m', 'rows'] as const) : (['n', 'columns'] as const);
  return {
    name: `codes${operand}`,
    access: 'read',
    element: 'u32',
    length: (shape) => shape[size] * rowWords(shape.k, alignment),
    about: `${size} ${lines} of k codes, four to a word, padded with 0 to a multiple of ${alignment}`,
  };
}

export const outputC: Binding<GemmShape> = {
  name: 'C',
  access: 'read_write',
  element: 'f32',
  length: ({ m, n }) => m * n,
  about: 'm × n, row-major',
};

const square = (size: number): GemmShape => ({ m: size, n: size, k: size });

export const cases: readonly GemmShape[] = [
  square(1),
  { m: 17, n: 19, k: 23 },
  { m: 65, n: 65, k: 129 },
  { m: 64, n: 64, k: 64 },
  { m: 1, n: 131, k: 67 },
  { m: 129, n: 1, k: 33 },
  { m: 5, n: 7, k: 5003 },
];

export const presets = [
  { title: 'Square 512', shape: square(512) },
  { title: 'Square 1024', shape: square(1024) },
  { title: 'Square 2048', shape: square(2048) },
  { title: 'LLM prefill (128 tokens)', shape: { m: 128, n: 4096, k: 4096 } },
  { title: 'LLM decode (1 token)', shape: { m: 1, n: 4096, k: 4096 } },
];

export const sweep: readonly GemmShape[] = [64, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 4096].map(square);
