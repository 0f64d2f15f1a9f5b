/** What the products of f16 matrices share: inputs, the exact answer, bytes, shapes. */
import type { Buffers, PickRows, Reference } from '../../src/kernel/operation.js';
import { decodeFloat16, encodeFloat16 } from '../../src/numerics/float16.js';
import type { Random } from '../../src/numerics/random.js';
import { productAnswer } from './answer.js';
import { prefill, squares, tallAndSkinny } from './gemm-cases.js';
import type { GemmShape } from './gemm-shape.js';

/** Smallest normal f16. WGSL lets a device treat what lies below as 0. */
export const smallestNormal = 2 ** -14;

/** Values rounded to f16 codes; those that would be subnormal become 0, so that no device may differ about them. */
export function halfCodes(values: Float32Array): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, (value) => (Math.abs(value) < smallestNormal ? 0 : encodeFloat16(value)));
}

export function halfInputs({ m, n, k }: GemmShape, random: Random): Buffers {
  return { A: halfCodes(random.values(m * k)), B: halfCodes(random.values(k * n)) };
}

/** A·B of f16 codes. @param boundOf as in `productAnswer`. */
export function halfAnswer(
  { A, B }: Buffers,
  shape: GemmShape,
  pick: PickRows,
  boundOf?: (magnitude: number) => number,
): readonly Reference[] {
  const [a, b] = [Float32Array.from(A!, decodeFloat16), Float32Array.from(B!, decodeFloat16)];
  return productAnswer({ a, b }, shape, pick, 'C', boundOf);
}

export function halfBytes({ m, n, k }: GemmShape): { readonly bytesRead: number; readonly bytesWritten: number } {
  return { bytesRead: 2 * (m * k + k * n), bytesWritten: 4 * m * n };
}

export const halfPresets = [...squares, prefill, tallAndSkinny];
