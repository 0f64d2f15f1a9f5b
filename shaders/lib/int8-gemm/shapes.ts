/** Codes and shapes that the products of 8-bit codes share. */
import type { Binding } from '../../../src/kernel/operation.js';
import { rowWords } from '../../../src/numerics/int8.js';
import { decode, prefill, square, squares } from '../gemm-cases.js';
import type { GemmShape } from '../gemm-shape.js';

/** Rows of codes are padded to a multiple of this many. */
export const quad = 16;

/** Refuses a k whose sum of products, each at most `largest`², might overflow an i32. */
export function exactUpTo(largest: number) {
  const longest = Math.floor((2 ** 31 - 1) / largest ** 2);
  return ({ k }: GemmShape): true | string =>
    k <= longest || `k=${k} products may overflow a 32-bit sum: cut k into parts of at most ${longest}`;
}

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

export const cases: readonly GemmShape[] = [
  square(1),
  { m: 17, n: 19, k: 23 },
  { m: 65, n: 65, k: 129 },
  { m: 64, n: 64, k: 64 },
  { m: 1, n: 131, k: 67 },
  { m: 129, n: 1, k: 33 },
  { m: 5, n: 7, k: 5003 },
];

export const presets = [...squares, prefill, decode];
