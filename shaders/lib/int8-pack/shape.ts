/** Tensors packed four codes to a word along one of their dimensions. */
import type { Binding, Parameter, PickRows, Reference } from '../../../src/kernel/operation.js';
import { exactAnswer } from '../answer.js';

/** A tensor as outer × axis × inner, packed to outer × words × inner words. */
export interface PackShape {
  readonly [name: string]: number;
  readonly outer: number;
  readonly axis: number;
  readonly inner: number;
  /** ⌈axis / 4⌉, or more where a kernel wants longer rows. */
  readonly words: number;
  /** What is taken from each code, so that it lies in −128 … 127: 128 for unsigned bytes, else 0. */
  readonly moved: number;
}

export const packParameters: readonly Parameter[] = [
  { name: 'outer', about: 'rows before the axis' },
  { name: 'axis', about: 'size of the dimension that is packed' },
  { name: 'inner', about: 'elements after the axis' },
  { name: 'words', about: 'words of the packed dimension, ⌈axis / 4⌉ or more' },
  { name: 'moved', about: 'what is taken from each code: 128 for unsigned bytes, else 0', min: 0 },
];

export function validPack({ axis, words, moved }: PackShape): true | string {
  if (4 * words < axis) return `${words} words do not hold ${axis} codes`;
  return moved === 0 || moved === 128 || `codes are moved by 0 or 128, not ${moved}`;
}

export function elementsOf({ outer, axis, inner }: PackShape): number {
  return outer * axis * inner;
}

export function wordsOf({ outer, words, inner }: PackShape): number {
  return outer * words * inner;
}

export const packed: Binding<PackShape> = {
  name: 'y',
  access: 'read_write',
  element: 'u32',
  length: wordsOf,
  about: 'outer × words × inner; places past the axis hold the zero point',
};

/** Codes that fit no byte of the range are clipped by whoever makes them. @param codeAt of an element. */
export function packedAnswer(
  shape: PackShape,
  pick: PickRows,
  codeAt: (element: number) => number,
  zero: number,
): readonly Reference[] {
  const { axis, inner, words, moved } = shape;
  return exactAnswer('y', pick(wordsOf(shape)), (i) => {
    const block = Math.floor(i / inner);
    const first = 4 * (block % words);
    let word = 0;
    for (let lane = 0; lane < 4; lane++) {
      const at = (Math.floor(block / words) * axis + first + lane) * inner + (i % inner);
      const code = first + lane < axis ? codeAt(at) : zero;
      word |= ((code - moved) & 255) << (8 * lane);
    }
    return word >>> 0;
  });
}
