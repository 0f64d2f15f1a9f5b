/** Exact products of 8-bit codes, and what scaling them to f32 may add. */
import type { Reference } from '../../../src/kernel/operation.js';
import {
  type Extent,
  type Granularity,
  packCodes,
  quantizeInt8,
  type SymmetricInt8,
  unpackCodes,
} from '../../../src/numerics/int8.js';
import type { Random } from '../../../src/numerics/random.js';
import { transpose } from '../../../src/numerics/transpose.js';
import type { GemmShape } from '../gemm-shape.js';
import { quad } from './shapes.js';

type F32 = Float32Array<ArrayBuffer>;

/** One ulp of f32, relative: WGSL leaves open which neighbour an inexact result is rounded to. */
export const f32Ulp = 2 ** -23;

/** A (m × k) and B (k × n) in f32, as `gemm-f32` draws them. */
export function drawOperands({ m, n, k }: GemmShape, random: Random): { readonly a: F32; readonly b: F32 } {
  return { a: random.values(m * k), b: random.values(k * n) };
}

/** B (k × n) quantized by columns, each with a scale of its own or all with one. */
export function quantizeColumns(b: F32, { n, k }: GemmShape, granularity: Granularity = 'row'): SymmetricInt8 {
  return quantizeInt8(transpose(b, k, n), { rows: n, columns: k }, granularity);
}

export function pack(quantized: SymmetricInt8): Uint32Array<ArrayBuffer> {
  return packCodes(quantized.codes, quantized, quad);
}

export function unpackSigned(words: ArrayLike<number> | undefined, extent: Extent, alignment = quad): Int8Array {
  return new Int8Array(unpackCodes(words as Uint32Array, extent, alignment).buffer);
}

/** Σ_p a[i][p]·b[j][p] over whole numbers for the rows picked; exact in a double below 2⁵³. B is given by columns. */
export function exactSums(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { n, k }: GemmShape,
  rows: Uint32Array,
): Float64Array {
  const sums = new Float64Array(rows.length * n);
  for (let r = 0; r < rows.length; r++) {
    const from = rows[r]! * k;
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[from + p]! * b[j * k + p]!;
      sums[r * n + j] = sum;
    }
  }
  return sums;
}

/**
 * Exact sums times one scale per row of A and one per column of B.
 * @param roundings how many lie between the exact sum and the element of C: three where the scales are given (the sum
 * becomes an f32, the scales are multiplied, then both), one more where a scale is computed on the way.
 */
export function scaledReference(
  sums: Float64Array,
  scalesA: ArrayLike<number>,
  scalesB: ArrayLike<number>,
  rows: Uint32Array,
  roundings: number,
): readonly Reference[] {
  const columns = scalesB.length;
  const values = sums.map((sum, i) => sum * scalesA[rows[Math.floor(i / columns)]!]! * scalesB[i % columns]!);
  const factor = (1 + f32Ulp) ** roundings - 1;
  return [{ output: 'C', columns, rows, values, bounds: values.map((value) => Math.abs(value) * factor) }];
}
