/** 4-bit weights as the int4 operations bind them: shape parameters, buffers, the WGSL that decodes each scheme. */
import type { Requirements } from '../../../src/kernel/kernel.js';
import type { Binding } from '../../../src/kernel/operation.js';
import type { WgslSource } from '../../../src/kernel/wgsl.js';
import { decodeFloat16, encodeFloat16 } from '../../../src/numerics/float16.js';
import { FormatError } from '../../../src/numerics/format-error.js';
import { checkGroups, dequantizeInt4, type Int4Scheme, quantizeInt4 } from '../../../src/numerics/int4.js';
import { packInt4, unpackInt4Matrix } from '../../../src/numerics/int4-layout.js';
import type { Activation, WeightBuffers, WeightCodec, WeightShape } from '../weight-only.js';
import nf4 from './decode_nf4.wgsl';
import symmetric from './decode_symmetric.wgsl';
import zeroPoint from './decode_zero_point.wgsl';
import storageF16 from './storage_f16.wgsl';
import storageF32 from './storage_f32.wgsl';

export interface Int4Shape extends WeightShape {
  /** Weights along k that share a scale: 32, 64 or 128. */
  readonly groupSize: number;
  /** 1 symmetric, 2 with zero point, 3 NF4. */
  readonly scheme: number;
}

export interface Int4GemmShape extends Int4Shape {
  readonly m: number;
}

const schemes: readonly Int4Scheme[] = ['symmetric', 'zero-point', 'nf4'];
const decoders: Readonly<Record<Int4Scheme, WgslSource>> = { symmetric, 'zero-point': zeroPoint, nf4 };

/** @throws FormatError for a number that stands for no scheme. */
export function schemeOf({ scheme }: Pick<Int4Shape, 'scheme'>): Int4Scheme {
  const found = schemes[scheme - 1];
  if (!found) throw new FormatError(`scheme is 1 (symmetric), 2 (with zero point) or 3 (NF4), not ${scheme}.`);
  return found;
}

/** `true`, or the sentence of the FormatError that a check throws. */
export function explain(check: () => unknown): true | string {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

/** Bindings and decoding functions for a kernel of this shape; every scheme and storage has the same signatures. */
export function int4Sources(shape: Int4Shape, activation: Activation): readonly WgslSource[] {
  return [activation === 'f16' ? storageF16 : storageF32, decoders[schemeOf(shape)]];
}

/** What a kernel record says of the storage of its activations. */
export function int4Requirements(activation: Activation): { readonly requires?: Requirements } {
  return activation === 'f16' ? { requires: { features: ['shader-f16'] } } : {};
}

const groupsOf = ({ k, groupSize }: Int4Shape): number => k / groupSize;
const zeroPointWords = (shape: Int4Shape): number =>
  shape.scheme === 2 ? groupsOf(shape) * Math.ceil(shape.n / 8) : 1;

export const int4Buffers: WeightBuffers<Int4Shape> = {
  parameters: [
    { name: 'groupSize', about: 'weights along k that share a scale: 32, 64 or 128; divides k' },
    { name: 'scheme', about: '1 symmetric, 2 with zero point, 3 NF4' },
  ],
  bindings: int4Bindings,
  valid: (shape) =>
    explain(() => {
      checkGroups(shape.k, shape.groupSize);
      schemeOf(shape);
    }),
};

export const int4Codec: WeightCodec<Int4Shape> = {
  pack: (weights, { n, k, groupSize, ...shape }, activation) => {
    const scheme = schemeOf(shape);
    const { words, scales, zeroPoints } = packInt4(
      quantizeInt4(weights, { n, k, groupSize, scheme, scaleFormat: activation }),
    );
    return {
      weights: words,
      scales: activation === 'f16' ? Uint16Array.from(scales, encodeFloat16) : scales,
      zeroPoints: scheme === 'zero-point' ? zeroPoints : new Uint32Array(1),
    };
  },
  dequantize: ({ weights, scales, zeroPoints }, shape, activation) => {
    const { n, k, groupSize } = shape;
    const scheme = schemeOf(shape);
    const packed = {
      words: weights as Uint32Array<ArrayBuffer>,
      scales: Float32Array.from(scales!, activation === 'f16' ? decodeFloat16 : Number),
      zeroPoints: scheme === 'zero-point' ? (zeroPoints as Uint32Array<ArrayBuffer>) : eights(shape),
    };
    return dequantizeInt4(unpackInt4Matrix(packed, { n, k, groupSize, scheme }));
  },
  bytes: (shape, activation) =>
    (shape.n * shape.k) / 2 +
    groupsOf(shape) * shape.n * (activation === 'f16' ? 2 : 4) +
    (shape.scheme === 2 ? 4 * zeroPointWords(shape) : 0),
  unpacking: ({ n, k }) => ({ bit: 2 * n * k, add32: n * k, mul32: n * k }),
};

/** The zero points of symmetric codes, 8 everywhere, which no buffer holds. */
function eights({ n, k, groupSize }: Int4Shape): Uint32Array<ArrayBuffer> {
  return new Uint32Array((k / groupSize) * Math.ceil(n / 8)).fill(0x8888_8888);
}

function int4Bindings(activation: Activation): readonly Binding<Int4Shape>[] {
  return [
    {
      name: 'weights',
      access: 'read',
      element: 'u32',
      length: ({ n, k }) => (n * k) / 8,
      about: 'k/32 × n blocks of 32 weights in four words; byte i holds weight i low and weight i + 16 high',
    },
    {
      name: 'scales',
      access: 'read',
      element: activation,
      length: (shape) => groupsOf(shape) * shape.n,
      about: 'k/groupSize × n',
    },
    {
      name: 'zeroPoints',
      access: 'read',
      element: 'u32',
      length: zeroPointWords,
      about: 'k/groupSize × ⌈n/8⌉ words of eight nibbles; one unused word in the other schemes',
    },
  ];
}
