/** y = the word x converted to another type or rounded to a narrower one, exact to the bit. */

import { defineOperation, type Shape } from '../../src/kernel/operation.js';
import { exactAnswer } from '../lib/answer.js';
import { bitsOfF32 } from '../lib/elementwise/special.js';
import { conversionNumber, conversions } from './conversions.js';

export interface CastShape extends Shape {
  readonly words: number;
  readonly f: number;
}

const castShape = (name: string, words: number): CastShape => ({ words, f: conversionNumber(name) });

/** Zeros, subnormals of f16 and their ties, the ends of f16 and i32, infinities and a NaN. */
const edges = [0, 2 ** -25, 3 * 2 ** -25, 2 ** -24, 2 ** -15, 65504, 65519, 65520, 2 ** 31, 0.5, 2.5, 1 + 2 ** -11]
  .flatMap((value) => [value, -value])
  .map(bitsOfF32);
const specials = [...edges, 0x7f80_0000, 0xff80_0000, 0x7fc0_0000];

export const cast = defineOperation<CastShape>({
  id: 'cast',
  title: 'Cast',
  summary: 'y[i] = x[i] converted between f32, i32 and bool, or rounded to a narrower type in words of 32 bits.',
  parameters: [
    { name: 'words', about: 'elements of x and y, a word each' },
    { name: 'f', about: `conversion: ${conversions.map(({ name }, i) => `${i + 1} ${name}`).join(', ')}` },
  ],
  valid: ({ f }) => f <= conversions.length || `There are ${conversions.length} conversions, and no ${f}.`,
  bindings: [
    { name: 'x', access: 'read', element: 'u32', length: ({ words }) => words, about: 'words to convert' },
    { name: 'y', access: 'read_write', element: 'u32', length: ({ words }) => words, about: 'converted words' },
  ],
  inputs: ({ words, f }, random) => {
    const { from } = conversions[f - 1]!;
    const values = random.values(words);
    const usable = from === 'any' ? specials : edges;
    const draw = (value: number): number => {
      if (from === 'i32') return random.below(4) === 0 ? 0 : random.below(2 ** 32);
      if (random.below(3) === 0) return usable[random.below(usable.length)]!;
      return bitsOfF32(random.below(2) === 0 ? value * 2 ** -16 : value * 100);
    };
    return { x: Uint32Array.from(values, draw) };
  },
  reference: ({ x }, { words, f }, pick) => exactAnswer('y', pick(words), (i) => conversions[f - 1]!.exact(x![i]!)),
  cost: ({ words }) => ({ operations: { bit: words }, nominal: words, bytesRead: 4 * words, bytesWritten: 4 * words }),
  cases: [castShape('f32-to-i32', 1), ...conversions.map(({ name }) => castShape(name, 515))],
  presets: [
    { title: 'f32 to f16, 4 Mi', shape: castShape('f32-to-f16', 2 ** 22) },
    { title: 'i32 to f32, 4 Mi', shape: castShape('i32-to-f32', 2 ** 22) },
  ],
  sweep: [14, 16, 18, 20, 22, 24].map((power) => castShape('f32-to-f16', 2 ** power)),
});
