/** Weights of any width as the any-bit operations bind them: shape parameters, buffers, and which files read them. */
import type { WgslSource } from '../../../src/kernel/wgsl.js';
import {
  dequantizeAnyBit,
  packAnyBit,
  quantizeAnyBit,
  unpackAnyBit,
  type WeightFormat,
  weightFormat,
} from '../../../src/numerics/any-bit.js';
import { FormatError } from '../../../src/numerics/format-error.js';
import { checkGroups } from '../../../src/numerics/int4.js';
import { explain } from '../int4/weights.js';
import type { WeightBuffers, WeightCodec, WeightShape } from '../weight-only.js';
import { decoder } from './decoder.js';
import storage from './storage.wgsl';
import wordsAligned from './words_aligned.wgsl';
import wordsAny from './words_any.wgsl';

export interface AnyBitShape extends WeightShape {
  /** Width of a weight, 1 to 8. */
  readonly bits: number;
  /** 1 unsigned with zero point, 2 signed, 2 + e a float with e exponent bits. */
  readonly encoding: number;
  /** Weights along k that share a scale: 32, 64 or 128. */
  readonly groupSize: number;
}

export interface AnyGemmShape extends AnyBitShape {
  readonly m: number;
}

/** @throws FormatError for a width or an encoding that is not there. */
function formatOf({ bits, encoding }: Pick<AnyBitShape, 'bits' | 'encoding'>): WeightFormat {
  if (encoding < 1)
    throw new FormatError(`encoding is 1 (unsigned), 2 (signed) or 2 + exponent bits, not ${encoding}.`);
  return weightFormat(bits, encoding === 1 ? 'unsigned' : encoding === 2 ? 'signed' : encoding - 2);
}

/** Bindings, loads and the decoder of this shape's format; its vectors run along four neighbouring columns. */
export function anyBitSources(shape: AnyBitShape): readonly WgslSource[] {
  return [storage, shape.n % 4 === 0 ? wordsAligned : wordsAny, decoder(formatOf(shape))];
}

const zeroPointWords = ({ n, k, groupSize, encoding }: AnyBitShape): number =>
  encoding === 1 ? (k / groupSize) * Math.ceil(n / 4) : 1;

export const anyBitBuffers: WeightBuffers<AnyBitShape> = {
  parameters: [
    { name: 'bits', about: 'width of a weight, 1 to 8' },
    { name: 'encoding', about: '1 unsigned with zero point, 2 signed, 2 + e float with e exponent bits' },
    { name: 'groupSize', about: 'weights along k that share a scale: 32, 64 or 128; divides k' },
  ],
  bindings: () => [
    {
      name: 'weights',
      access: 'read',
      element: 'u32',
      length: ({ n, k, bits }) => (n * k * bits) / 32,
      about: 'k/32 × bits × n words; 32 densely packed codes of a column are one word in each of `bits` rows',
    },
    {
      name: 'scales',
      access: 'read',
      element: 'f32',
      length: ({ n, k, groupSize }) => (n * k) / groupSize,
      about: 'k/groupSize × n',
    },
    {
      name: 'zeroPoints',
      access: 'read',
      element: 'u32',
      length: zeroPointWords,
      about: 'k/groupSize × ⌈n/4⌉ words of four bytes; one unused word where codes are not unsigned',
    },
  ],
  valid: (shape) =>
    explain(() => {
      formatOf(shape);
      checkGroups(shape.k, shape.groupSize);
    }),
};

export const anyBitCodec: WeightCodec<AnyBitShape> = {
  pack: (weights, shape) => {
    const { n, k, groupSize } = shape;
    const { words, scales, zeroPoints } = packAnyBit(
      quantizeAnyBit(weights, { n, k, groupSize, format: formatOf(shape) }),
    );
    return { weights: words, scales, zeroPoints: shape.encoding === 1 ? zeroPoints : new Uint32Array(1) };
  },
  dequantize: ({ weights, scales, zeroPoints }, shape) => {
    const { n, k, groupSize } = shape;
    const packed = {
      words: weights as Uint32Array<ArrayBuffer>,
      scales: scales as Float32Array<ArrayBuffer>,
      zeroPoints: (shape.encoding === 1 ? zeroPoints : new Uint32Array(0)) as Uint32Array<ArrayBuffer>,
    };
    return dequantizeAnyBit(unpackAnyBit(packed, { n, k, groupSize, format: formatOf(shape) }));
  },
  bytes: (shape) => {
    const { n, k, bits, groupSize } = shape;
    return (n * k * bits) / 8 + (4 * n * k) / groupSize + (shape.encoding === 1 ? 4 * zeroPointWords(shape) : 0);
  },
  unpacking: ({ n, k }) => ({ bit: 2 * n * k, add32: n * k, mul32: n * k }),
};
