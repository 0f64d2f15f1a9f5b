/** Products of quantized codes whose exact sums may be turned back into codes: sizes, buffers, and the answer. */
import type { Binding, Parameter } from '../../src/kernel/operation.js';
import { f32Roundoff } from '../../src/numerics/matmul.js';
import type { Random } from '../../src/numerics/random.js';
import { roundToEven } from '../../src/numerics/rounding.js';

export interface RequantizedShape {
  readonly [name: string]: number;
  /** 1, or one for each column or filter. */
  readonly scales: number;
  /** 1 the sums, 2 the sums times their scale, rounded, moved and clipped. */
  readonly output: number;
}

export const outputParameter: Parameter = {
  name: 'output',
  about: '1 the sums, 2 codes: sums times scale, rounded to even, moved and clipped',
};

export function validOutput({ output }: RequantizedShape): true | string {
  return output <= 2 || 'output is 1 (sums) or 2 (codes)';
}

export const scaleBinding: Binding<RequantizedShape> = {
  name: 'scale',
  access: 'read',
  element: 'f32',
  length: ({ scales }) => scales,
  about: 'scales; unused for sums',
};

export const rangeBinding: Binding<RequantizedShape> = {
  name: 'range',
  access: 'read',
  element: 'i32',
  length: () => 3,
  about: 'zero point, least and greatest code of the result; unused for sums',
};

/** Unsigned bytes about a zero point, a word each. */
export function drawnCodes(random: Random, count: number, zero: number): Int32Array<ArrayBuffer> {
  return Int32Array.from(random.values(count), (value) => Math.min(255, Math.max(0, Math.round(40 * value) + zero)));
}

/** Scales by which sums of `length` products of such codes spread over the codes, some beyond them. */
export function drawnScales(random: Random, count: number, length: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(random.values(count), (value) => (1 + 0.1 * value) / (40 * Math.sqrt(length)));
}

/** The `range` of unsigned bytes with their zero point in the middle. */
export function rangeOfBytes(): Int32Array<ArrayBuffer> {
  return Int32Array.of(128, 0, 255);
}

/** What becomes of an exact sum, and how far a kernel may be from it. */
export function resultOf({ output }: RequantizedShape, sum: number, scale: number, range: ArrayLike<number>) {
  return output === 1 ? { value: sum, bound: 0 } : codeOf(sum * scale, range[0]!, range[1]!, range[2]!);
}

/**
 * The code of a scaled sum. A kernel rounds the sum to f32 and its product with the scale once more: only where the exact product
 * lies that close to the middle between two codes may it choose the other one.
 * @param exact sum times scale.
 */
function codeOf(exact: number, zero: number, least: number, greatest: number) {
  const near = Math.abs(exact - Math.floor(exact) - 0.5) <= 2.1 * f32Roundoff * Math.abs(exact);
  return { value: Math.min(greatest, Math.max(least, roundToEven(exact) + zero)), bound: near ? 1 : 0 };
}
