/** Codes of a word each to four codes in a word. */
import { defineOperation } from '../../src/kernel/operation.js';
import {
  elementsOf,
  type PackShape,
  packed,
  packedAnswer,
  packParameters,
  validPack,
  wordsOf,
} from '../lib/int8-pack/shape.js';

/** Channels of images, and rows of matrices padded to whole quads of words. */
export const imagesShape = (batch: number, channels: number, pixels: number, moved: number): PackShape => ({
  ...{ outer: batch, axis: channels, inner: pixels, words: Math.ceil(channels / 4), moved },
});
export const rowsShape = (rows: number, columns: number, moved: number): PackShape => ({
  ...{ outer: rows, axis: columns, inner: 1, words: 4 * Math.ceil(columns / 16), moved },
});

/** Correctness shapes that both ways of packing are tested with. */
export const packCases: readonly PackShape[] = [
  imagesShape(1, 1, 1, 0),
  imagesShape(3, 7, 35, 128),
  rowsShape(19, 37, 128),
  rowsShape(5, 64, 0),
];

export const packSweep: readonly PackShape[] = [14, 28, 56, 112].map((side) => imagesShape(1, 64, side ** 2, 128));

export const packInt8 = defineOperation<PackShape>({
  id: 'pack-int8',
  title: 'Pack bytes',
  summary: 'y holds four neighbouring codes of x along one dimension in each word, moved to −128 … 127.',
  parameters: packParameters,
  valid: validPack,
  bindings: [
    { name: 'x', access: 'read', element: 'i32', length: elementsOf, about: 'outer × axis × inner codes' },
    { name: 'zero', access: 'read', element: 'i32', length: () => 1, about: 'zero point, before it is moved' },
    packed,
  ],
  inputs: (shape, random) => ({
    x: Int32Array.from({ length: elementsOf(shape) }, () => random.below(256) - 128 + shape.moved),
    zero: Int32Array.of(random.below(256) - 128 + shape.moved),
  }),
  reference: ({ x, zero }, shape, pick) => packedAnswer(shape, pick, (at) => x![at]!, zero![0]!),
  cost: (shape) => ({
    operations: { bit: 7 * wordsOf(shape), iadd: 4 * wordsOf(shape) },
    nominal: 11 * wordsOf(shape),
    bytesRead: 4 * elementsOf(shape) + 4,
    bytesWritten: 4 * wordsOf(shape),
  }),
  cases: packCases,
  presets: [{ title: 'Images, 64 channels, 56²', shape: imagesShape(1, 64, 56 ** 2, 128) }],
  sweep: packSweep,
});
