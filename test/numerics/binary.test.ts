/** Bit planes: packing against plain loops, quantizers against their definitions, errors of the published baselines. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gemmBinaryWeight } from '../../shaders/gemm-binary-weight/operation.js';
import { gemmTernary } from '../../shaders/gemm-ternary/operation.js';
import type { Operation } from '../../src/kernel/operation.js';
import {
  binarize,
  dequantize,
  type PackedSide,
  packBits,
  packSigns,
  packTwoBits,
  quantizeTwoBits,
  ternarize,
  unpackBits,
  unpackSigns,
  unpackTwoBits,
  wordsOf,
} from '../../src/numerics/binary.js';
import { quality } from '../../src/numerics/quality.js';
import { seededRandom } from '../../src/numerics/random.js';

const side = fc.constantFrom<PackedSide>('left', 'right');
const size = fc.record({ lanes: fc.integer({ min: 1, max: 5 }), k: fc.integer({ min: 1, max: 100 }) });

describe('packing', () => {
  it('puts element 32·w + i of k into bit i of word w', () => {
    const bits = [1, 0, 1, 1, 0, 0, 1, 0] as const;
    expect([...packBits((at) => bits[at]!, { lanes: 2, k: 4 }, 'left')]).toEqual([0b1101, 0b0100]);
    // As a 4 × 2 matrix the columns are 1, 1, 0, 1 and 0, 1, 0, 0.
    expect([...packBits((at) => bits[at]!, { lanes: 2, k: 4 }, 'right')]).toEqual([0b1011, 0b0010]);
    const long = packBits((at) => (at === 31 || at === 32 ? 1 : 0), { lanes: 1, k: 33 }, 'left');
    expect([...long]).toEqual([0x8000_0000, 1]);
  });

  it('keeps every bit, whatever the padding', () => {
    fc.assert(
      fc.property(size, side, fc.integer(), (shape, where, seed) => {
        const random = seededRandom(seed);
        const bits = Uint8Array.from({ length: shape.lanes * shape.k }, () => random.below(2));
        const packed = packBits(
          (at) => bits[at] as 0 | 1,
          shape,
          where,
          () => random.below(2 ** 32),
        );
        expect(packed).toHaveLength(shape.lanes * wordsOf(shape.k));
        expect([...unpackBits(packed, shape, where)]).toEqual([...bits]);
      }),
    );
  });

  it('fills the bits beyond k with the padding, and with zeros by default', () => {
    const ones = packBits(
      () => 1,
      { lanes: 1, k: 5 },
      'left',
      () => 0xffff_ffff,
    );
    expect([...ones]).toEqual([0xffff_ffff]);
    expect([
      ...packBits(
        () => 0,
        { lanes: 1, k: 5 },
        'left',
        () => 0xffff_ffff,
      ),
    ]).toEqual([0xffff_ffe0]);
    expect([...packBits(() => 1, { lanes: 1, k: 5 }, 'left')]).toEqual([0b11111]);
  });

  it('keeps signs and 2-bit codes', () => {
    fc.assert(
      fc.property(size, side, fc.integer(), (shape, where, seed) => {
        const random = seededRandom(seed);
        const draw = (from: number, count: number): Int8Array<ArrayBuffer> =>
          Int8Array.from({ length: shape.lanes * shape.k }, () => from + random.below(count));
        const signs = draw(0, 2).map((bit) => 2 * bit - 1);
        expect([...unpackSigns(packSigns(signs, shape, where), shape, where)]).toEqual([...signs]);
        for (const [kind, codes] of [
          ['unsigned', draw(0, 4)],
          ['signed', draw(-2, 4)],
        ] as const) {
          expect([...unpackTwoBits(packTwoBits(codes, shape, where), shape, where, kind)]).toEqual([...codes]);
        }
      }),
    );
  });

  it('takes a thirty-second and a sixteenth of f32', () => {
    const codes = new Int8Array(64 * 8);
    expect(packSigns(codes, { lanes: 8, k: 64 }, 'right').byteLength * 32).toBe(4 * codes.length);
    expect(packTwoBits(codes, { lanes: 8, k: 64 }, 'right').byteLength * 16).toBe(4 * codes.length);
  });
});

describe('quantizers', () => {
  const values = Float32Array.of(1, -2, 0, -3, 4, -0.5);
  // Columns 1, 0, 4 and −2, −3, −0.5.
  const columns = { lanes: 2, k: 3 };

  it('binarize to signs, +1 at zero, and mean magnitudes', () => {
    const { codes, scales } = binarize(values, columns, 'right');
    expect([...codes]).toEqual([1, -1, 1, -1, 1, -1]);
    expect([...scales]).toEqual([Math.fround(5 / 3), Math.fround(5.5 / 3)]);
    expect([...dequantize({ codes, scales }, columns, 'right')]).toEqual(
      [0, 1, 0, 1, 0, 1].map((c) => scales[c]! * (c ? -1 : 1)),
    );
  });

  it('ternarize above 0.7 of the mean magnitude', () => {
    const { codes, scales } = ternarize(values, columns, 'right');
    // Thresholds 1.167 and 1.283.
    expect([...codes]).toEqual([0, -1, 0, -1, 1, 0]);
    expect([...scales]).toEqual([4, 2.5]);
  });

  it('give zero to columns of zeros', () => {
    const zeros = new Float32Array(6);
    for (const quantize of [binarize, ternarize]) expect([...quantize(zeros, columns, 'right').scales]).toEqual([0, 0]);
    const { codes, scales } = quantizeTwoBits(zeros, columns, 'left', 'signed');
    expect([...codes, ...scales]).toEqual(new Array(8).fill(0));
  });

  it('saturate 2-bit codes', () => {
    // ±9 among fifteen zeros: 2.8 steps of 3.2; a 9 alone among sixteen: 4.6 steps of 2.
    const zeros = new Array<number>(15).fill(0);
    const codes = quantizeTwoBits(Float32Array.of(-9, ...zeros, 9), { lanes: 1, k: 17 }, 'left', 'signed').codes;
    expect([codes[0], codes[1], codes[16]]).toEqual([-2, 0, 1]);
    const unsigned = quantizeTwoBits(Float32Array.of(0, ...zeros, 9), { lanes: 1, k: 17 }, 'left', 'unsigned').codes;
    expect([unsigned[0], unsigned[16]]).toEqual([0, 3]);
  });

  it('have the least squared error near their step on normal values', () => {
    const random = seededRandom(3);
    const shape = { lanes: 1, k: 20_000 };
    const normal = random.values(shape.k);
    const relu = normal.map((value) => Math.max(0, value));
    for (const [kind, data, expected] of [
      ['signed', normal, 0.149],
      ['unsigned', relu, 0.047],
    ] as const) {
      const quantized = dequantize(quantizeTwoBits(data, shape, 'left', kind), shape, 'left');
      expect(Math.abs(quality(data, quantized).relativeRms ** 2 / expected - 1)).toBeLessThan(0.05);
    }
  });

  it('refuse values that are not finite in one sentence', () => {
    const bad = Float32Array.of(1, Number.NaN);
    const shape = { lanes: 1, k: 2 };
    expect(() => binarize(bad, shape, 'left')).toThrow('Element 1 is NaN; only finite values can be quantized.');
    expect(() => ternarize(Float32Array.of(Number.POSITIVE_INFINITY, 1), shape, 'left')).toThrow(RangeError);
    expect(() => quantizeTwoBits(bad, shape, 'left', 'signed')).toThrow(RangeError);
  });
});

it('agrees with the identity of bit-serial products', () => {
  const random = seededRandom(4);
  const count = (word: number): number => [...word.toString(2)].filter((digit) => digit === '1').length;
  for (let trial = 0; trial < 50; trial++) {
    const shape = { lanes: 1, k: 1 + random.below(100) };
    const a = Int8Array.from({ length: shape.k }, () => random.below(4));
    const w = Int8Array.from({ length: shape.k }, () => random.below(4) - 2);
    const [pa, pw] = [packTwoBits(a, shape, 'left'), packTwoBits(w, shape, 'right')];
    const words = wordsOf(shape.k);
    let dot = 0;
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 2; j++)
        for (let word = 0; word < words; word++)
          dot += 2 ** i * (j ? -2 : 1) * count((pa[i * words + word]! & pw[j * words + word]!) >>> 0);
    expect(dot).toBe(a.reduce((sum, code, p) => sum + code * w[p]!, 0));
  }
});

describe('error of the product at 256 × 1024 × 256 with normal operands', () => {
  const shape = { m: 256, n: 256, k: 1024 };
  const someRows = (): Uint32Array => Uint32Array.from({ length: 64 }, (_, i) => 4 * i);

  it.each<[string, Operation, number]>([
    ['binary weights with column means', gemmBinaryWeight, 0.603],
    ['ternary weights by the 0.7 rule', gemmTernary, 0.437],
  ])('of %s', (_name, operation, expected) => {
    const reference = operation.reference(operation.inputs(shape, seededRandom(1)), shape, someRows)[0]!;
    const exact = operation.unquantized!(shape, seededRandom(1), someRows)[0]!;
    expect(Math.abs(quality(exact.values, reference.values).relativeRms / expected - 1)).toBeLessThan(0.1);
  });
});
