/** What operations share that choose words of a tensor by indices along one dimension. */
import type { Binding, Buffers, Parameter } from '../../../src/kernel/operation.js';
import type { Random } from '../../../src/numerics/random.js';

/** x is outer × axis × inner, y is outer × indices × inner. */
export interface GatherShape {
  readonly [name: string]: number;
  readonly outer: number;
  readonly axis: number;
  readonly inner: number;
  readonly indices: number;
}

export const gatherParameters: readonly Parameter[] = [
  { name: 'outer', about: 'product of the sizes before the dimension' },
  { name: 'axis', about: 'size of the dimension in x' },
  { name: 'inner', about: 'product of the sizes behind the dimension' },
  { name: 'indices', about: 'size of the dimension in y' },
];

/** Words of y. */
export function gatheredWords({ outer, indices, inner }: GatherShape): number {
  return outer * indices * inner;
}

function words({ outer, axis, inner }: GatherShape): number {
  return outer * axis * inner;
}

/** @param count number of indices. */
export function gatherBindings(count: (shape: GatherShape) => number): readonly Binding<GatherShape>[] {
  return [
    { name: 'x', access: 'read', element: 'u32', length: words, about: 'outer × axis × inner words' },
    { name: 'index', access: 'read', element: 'i32', length: count, about: 'from −axis to axis − 1' },
    { name: 'y', access: 'read_write', element: 'u32', length: gatheredWords, about: 'outer × indices × inner words' },
  ];
}

/** Any words, and indices that are all in range. @param count number of indices. */
export function gatherInputs(shape: GatherShape, count: number, random: Random): Buffers {
  return {
    x: Uint32Array.from({ length: words(shape) }, () => random.below(2 ** 32)),
    index: Int32Array.from({ length: count }, () => random.below(2 * shape.axis) - shape.axis),
  };
}

/** Where along the dimension an index points that may count from the end. */
export function chosenBy(index: number, { axis }: GatherShape): number {
  return index < 0 ? index + axis : index;
}

/** @param count number of indices. */
export function gatherCost(shape: GatherShape, count: number) {
  const moved = gatheredWords(shape);
  return { operations: { iadd: moved }, nominal: moved, bytesRead: 4 * (moved + count), bytesWritten: 4 * moved };
}
