/** A tensor with a rim around it, or without one: constant, or made of its own elements. */

import { defineOperation, type Shape } from '../../src/kernel/operation.js';
import { exactAnswer } from '../lib/answer.js';
import { countOf, rank, sizeParameters, sizesOf, walk } from '../lib/strided/strided.js';

/** In the order of their numbers, the first being 1. */
export const padModes = ['constant', 'edge', 'reflect', 'wrap'] as const;
export type PadMode = (typeof padModes)[number];

/** @param before elements added before each dimension; negative where they are cut off. @param fill bits of the constant. */
export function padShape(
  mode: PadMode,
  dims: readonly number[],
  x: readonly number[],
  before: readonly number[],
  fill = 0,
): Shape {
  const lead = Array<number>(rank - dims.length).fill(1);
  const { ...begins } = walk(dims, { b: before });
  const own = Object.fromEntries([...lead, ...x].map((size, i) => [`n${i}`, size]));
  return { mode: padModes.indexOf(mode) + 1, fill, ...begins, ...own };
}

const list = padModes.map((name, i) => `${i + 1} ${name}`).join(', ');
const axes = Array.from({ length: rank }, (_, i) => i);
const ownSizes = (shape: Shape): number[] => axes.map((i) => shape[`n${i}`]!);
const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

/** Place along a dimension of x for one outside of it; undefined where the constant stands. */
function source(at: number, size: number, mode: PadMode): number | undefined {
  if (at >= 0 && at < size) return at;
  if (mode === 'constant') return undefined;
  if (mode === 'edge') return at < 0 ? 0 : size - 1;
  const period = mode === 'wrap' ? size : Math.max(1, 2 * (size - 1));
  const rest = ((at % period) + period) % period;
  return rest < size ? rest : period - rest;
}

export const pad = defineOperation({
  id: 'pad',
  title: 'Pad',
  summary:
    'y is x with elements added or cut off at both ends of up to six dimensions, from a constant or from x itself.',
  parameters: [
    { name: 'mode', about: `where the rim comes from: ${list}` },
    { name: 'fill', about: 'bits of the constant', min: 0 },
    ...sizeParameters.map(({ name, about }) => ({ name, about: `${about} of y` })),
    ...axes.map((i) => ({
      name: `b${i}`,
      about: `elements added before dimension ${i}, 2³² − n for n cut off`,
      min: 0,
    })),
    ...axes.map((i) => ({ name: `n${i}`, about: `size of dimension ${i} of x` })),
  ],
  valid: ({ mode }) => mode! <= padModes.length || `There are ${padModes.length} modes, and no ${mode}.`,
  bindings: [
    {
      name: 'x',
      access: 'read',
      element: 'u32',
      length: (shape) => product(ownSizes(shape)),
      about: 'words, row-major',
    },
    { name: 'y', access: 'read_write', element: 'u32', length: countOf, about: 'words, row-major' },
  ],
  inputs: (shape, random) => ({
    x: Uint32Array.from({ length: product(ownSizes(shape)) }, () => random.below(2 ** 32)),
  }),
  reference: ({ x }, shape, pick) => {
    const [sizes, own] = [sizesOf(shape), ownSizes(shape)];
    const mode = padModes[shape.mode! - 1]!;
    const word = (row: number): number => {
      let rest = row;
      let place = 0;
      let step = 1;
      for (const i of [...axes].reverse()) {
        const c = source((rest % sizes[i]!) - (shape[`b${i}`]! | 0), own[i]!, mode);
        if (c === undefined) return shape.fill!;
        place += c * step;
        step *= own[i]!;
        rest = Math.floor(rest / sizes[i]!);
      }
      return x![place]!;
    };
    return exactAnswer('y', pick(countOf(shape)), word);
  },
  cost: (shape) => ({
    operations: { iadd: countOf(shape) },
    nominal: countOf(shape),
    bytesRead: 4 * Math.min(product(ownSizes(shape)), countOf(shape)),
    bytesWritten: 4 * countOf(shape),
  }),
  cases: [
    padShape('constant', [1], [1], [0]),
    padShape('constant', [3, 9, 11], [3, 5, 7], [0, 3, 1], 0x3f80_0000),
    padShape('constant', [9, 4], [5, 7], [3, -2], 7),
    padShape('edge', [2, 9, 11], [2, 5, 7], [0, 3, 1]),
    padShape('reflect', [2, 9, 13], [2, 5, 7], [0, 3, 4]),
    padShape('wrap', [2, 9, 25], [2, 5, 7], [0, 3, 9]),
    padShape('constant', [2, 3, 4, 5, 6, 3], [1, 2, 3, 4, 5, 1], [1, 0, 1, 1, 0, 1], 9),
  ],
  presets: [
    {
      title: 'Rim of 1 on 64 maps of 224 × 224',
      shape: padShape('constant', [64, 226, 226], [64, 224, 224], [0, 1, 1]),
    },
  ],
  sweep: [16, 64, 256, 1024].map((size) => padShape('constant', [8, size + 2, size + 2], [8, size, size], [0, 1, 1])),
});
