/** Tensors seen as outer × axis × inner, for operations along one dimension. */
import type { Binding, Cost, Parameter, PickRows, Reference } from '../../../src/kernel/operation.js';
import { gamma as gammaOf } from '../../../src/numerics/matmul.js';
import { answerByRow } from '../answer.js';

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

/** A tensor of as many elements as x. */
export function elementsBinding(name: string, access: Binding['access']): Binding<AxisShape> {
  return { name, access, element: 'f32', length: elements, about: 'outer × axis × inner' };
}

/** Cost of operations that leave one word of each line. */
export function costOfReducing(shape: AxisShape): Cost {
  const count = elements(shape);
  return { operations: { add32: count }, nominal: count, bytesRead: 4 * count, bytesWritten: 4 * lines(shape) };
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

export interface LineAnswer {
  readonly values: ArrayLike<number>;
  readonly bounds: ArrayLike<number>;
}

/** The output y of operations that answer each line of x with a line. */
export function answerByLine(
  x: ArrayLike<number>,
  shape: AxisShape,
  pick: PickRows,
  answer: (line: Float64Array) => LineAnswer,
): readonly Reference[] {
  const { outer, axis, inner } = shape;
  return answerByRow('y', axis * inner, pick(outer), (row, values, bounds) => {
    for (let i = 0; i < inner; i++) {
      const line = answer(lineOf(x, shape, row * inner + i));
      for (let a = 0; a < axis; a++) {
        values[a * inner + i] = line.values[a]!;
        bounds[a * inner + i] = line.bounds[a]!;
      }
    }
  });
}

export const ulp = 2 ** -23;

/** γₙ = n·u / (1 − n·u) with u = one ulp, since WGSL leaves the direction of rounding open (Higham §3.1). */
export function gamma(n: number): number {
  return gammaOf(n, ulp);
}

export function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
