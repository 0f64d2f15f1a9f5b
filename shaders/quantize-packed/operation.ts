/** f32 to bytes with one scale and one zero point, four to a word. */
import { defineOperation } from '../../src/kernel/operation.js';
import { roundToEven } from '../../src/numerics/rounding.js';
import {
  elementsOf,
  type PackShape,
  packed,
  packedAnswer,
  packParameters,
  validPack,
  wordsOf,
} from '../lib/int8-pack/shape.js';
import { imagesShape, packCases, packSweep } from '../pack-int8/operation.js';

export const quantizePacked = defineOperation<PackShape>({
  id: 'quantize-packed',
  title: 'Quantize to packed bytes',
  summary: 'y holds clamp(round(x / s) + z) of four neighbours along one dimension in each word, moved to −128 … 127.',
  parameters: packParameters,
  valid: validPack,
  bindings: [
    { name: 'x', access: 'read', element: 'f32', length: elementsOf, about: 'outer × axis × inner' },
    { name: 'scale', access: 'read', element: 'f32', length: () => 1, about: 's' },
    { name: 'zero', access: 'read', element: 'i32', length: () => 1, about: 'z, before it is moved' },
    packed,
  ],
  // Quotients of small whole numbers by a power of two lie on no tie, so that a division off by 2.5 ulp gives the same code.
  inputs: (shape, random) => ({
    x: Float32Array.from(random.values(elementsOf(shape)), (value) => (Math.round(100 * value) + 0.25) / 32),
    scale: Float32Array.of(1 / 32),
    zero: Int32Array.of(random.below(256) - 128 + shape.moved),
  }),
  reference: ({ x, scale, zero }, shape, pick) => {
    const code = (at: number): number =>
      Math.max(shape.moved - 128, Math.min(shape.moved + 127, roundToEven(x![at]! / scale![0]!) + zero![0]!));
    return packedAnswer(shape, pick, code, zero![0]!);
  },
  cost: (shape) => ({
    operations: { sfu: elementsOf(shape), add32: 2 * elementsOf(shape), bit: 7 * wordsOf(shape) },
    nominal: 3 * elementsOf(shape),
    bytesRead: 4 * elementsOf(shape) + 8,
    bytesWritten: 4 * wordsOf(shape),
  }),
  cases: packCases,
  presets: [{ title: 'Images, 64 channels, 56²', shape: imagesShape(1, 64, 56 ** 2, 128) }],
  sweep: packSweep,
});
