/** 4-bit weights as the rivals' operator stores them, and from there into our own layout. */
import type { Int4Matrix } from '../../../src/numerics/int4.js';
import type { MatMulNBitsWeights } from '../../../src/numerics/int4-layout.js';

/** The tensors of MatMulNBits for a symmetric matrix: even elements in the low nibbles. */
export function toMatMulNBits({ n, k, groupSize, codes, scales }: Int4Matrix): MatMulNBitsWeights {
  const b = Uint8Array.from({ length: (n * k) / 2 }, (_, i) => codes[2 * i]! | (codes[2 * i + 1]! << 4));
  return { n, k, blockSize: groupSize, b, scales };
}
