/** Tensors seen as outer × axis × inner, for operations along one dimension. */
import type { Parameter } from '../../../src/kernel/operation.js';

export interface AxisShape {
  readonly [name: string]: number;
  readonly outer: number;
  readonly axis: number;
  readonly inner: number;
}

export const axisParameters: readonly Parameter[] = [
  { name: 'outer', about: 'product of the sizes before the dimension' },
  { name: 'axis', about: 'size of the dimension' },
  { name: 'inner', about: 'product of the sizes behind the dimension' },
];

export function elements({ outer, axis, inner }: AxisShape): number {
  return outer * axis * inner;
}

/** Lines along the dimension. */
export function lines({ outer, inner }: AxisShape): number {
  return outer * inner;
}

/** Line number `line` of x. */
export function lineOf(x: ArrayLike<number>, { axis, inner }: AxisShape, line: number): Float64Array {
  const first = Math.floor(line / inner) * axis * inner + (line % inner);
  return Float64Array.from({ length: axis }, (_, a) => x[first + a * inner]!);
}

export const ulp = 2 ** -23;

/** γₙ = n·u / (1 − n·u) with u = one ulp, since WGSL leaves the direction of rounding open (Higham §3.1). */
export function gamma(n: number): number {
  return (n * ulp) / (1 - n * ulp);
}

export function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
