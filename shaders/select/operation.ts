/** y = c ≠ 0 ? a : b element by element on words, with broadcasting. */

import { defineOperation, type Shape } from '../../src/kernel/operation.js';
import { exactAnswer } from '../lib/answer.js';
import { countOf, placesOf, reachOf, sizeParameters, stepParameters, walk } from '../lib/strided/strided.js';

const operands = { c: 'C', a: 'A', b: 'B' } as const;

const dense = (power: number): Shape => walk([2 ** power], { c: [1], a: [1], b: [1] });

export const select = defineOperation({
  id: 'select',
  title: 'Select',
  summary: 'Y = A where C is not 0 and B elsewhere, on 32-bit words with broadcasting over up to six dimensions.',
  parameters: [
    ...sizeParameters,
    ...Object.entries(operands).flatMap(([letter, name]) => stepParameters(letter, name)),
  ],
  bindings: [
    ...Object.entries(operands).map(([letter, name]) => ({
      name,
      access: 'read' as const,
      element: 'u32' as const,
      length: (shape: Shape) => reachOf(shape, letter),
      about: letter === 'c' ? 'conditions' : `words taken where the condition is ${letter === 'a' ? 'not ' : ''}0`,
    })),
    { name: 'Y', access: 'read_write', element: 'u32', length: countOf, about: 'results, row-major' },
  ],
  inputs: (shape, random) => {
    const words = (letter: string, below: number) =>
      Uint32Array.from({ length: reachOf(shape, letter) }, () => random.below(below));
    return { C: words('c', 2), A: words('a', 2 ** 32), B: words('b', 2 ** 32) };
  },
  reference: ({ C, A, B }, shape, pick) => {
    const [c, a, b] = ['c', 'a', 'b'].map((letter) => placesOf(shape, letter)) as [Int32Array, Int32Array, Int32Array];
    return exactAnswer('Y', pick(countOf(shape)), (i) => (C![c[i]!] !== 0 ? A![a[i]!]! : B![b[i]!]!));
  },
  cost: (shape) => ({
    operations: { bit: countOf(shape) },
    nominal: countOf(shape),
    bytesRead: 4 * ['c', 'a', 'b'].reduce((sum, letter) => sum + reachOf(shape, letter), 0),
    bytesWritten: 4 * countOf(shape),
  }),
  cases: [
    walk([1], { c: [0], a: [0], b: [0] }),
    walk([259], { c: [1], a: [1], b: [0] }),
    walk([3, 5, 7], { c: [0, 1, 0], a: [35, 7, 1], b: [7, 0, 1] }),
    walk([2, 3, 5, 2, 3, 4], { c: [0, 4, 0, 12, 0, 1], a: [360, 120, 24, 12, 4, 1], b: [0, 0, 0, 0, 0, 0] }),
  ],
  presets: [
    { title: '4 Mi elements', shape: dense(22) },
    {
      title: 'Causal mask of 512 on 12 heads',
      shape: walk([12, 512 * 512], { c: [0, 1], a: [512 * 512, 1], b: [0, 0] }),
    },
  ],
  sweep: [14, 16, 18, 20, 22].map(dense),
});
