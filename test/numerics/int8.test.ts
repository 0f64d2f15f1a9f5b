/** 8-bit quantization: codes, scales, packing, refusals, and the error baselines of a matrix product. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFloat16, encodeFloat16 } from '../../src/numerics/float16.js';
import {
  avoidTies,
  dequantize,
  type Granularity,
  packCodes,
  QuantizationError,
  quantizeInt8,
  quantizeUint8,
  rowWords,
  symmetricScale,
  unpackCodes,
} from '../../src/numerics/int8.js';
import { matmulRows } from '../../src/numerics/matmul.js';
import { seededRandom } from '../../src/numerics/random.js';
import { roundToEven } from '../../src/numerics/rounding.js';
import { transpose } from '../../src/numerics/transpose.js';

describe('roundToEven', () => {
  it('rounds to the nearest integer, ties to even', () => {
    const given = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.49999, -126.6, 0, 127];
    expect(given.map((value) => roundToEven(value) + 0)).toEqual([0, 2, 2, 0, -2, -2, 2, -127, 0, 127]);
  });
});

describe('quantizeInt8', () => {
  it('puts the largest magnitude at ±127 and nothing further than half a step away', () => {
    const values = seededRandom(1).values(60);
    for (const granularity of ['tensor', 'row', { block: 7 }, { block: 64 }] as Granularity[]) {
      const quantized = quantizeInt8(values, { rows: 3, columns: 20 }, granularity);
      const restored = dequantize(quantized);
      const perRow = Math.ceil(20 / quantized.block);
      expect(quantized.scales).toHaveLength(3 * perRow);
      for (let i = 0; i < 60; i++) {
        const scale = quantized.scales[Math.floor(i / 20) * perRow + Math.floor((i % 20) / quantized.block)]!;
        expect(Math.abs(restored[i]! - values[i]!)).toBeLessThanOrEqual(scale * (0.5 + 1e-4));
      }
      expect(Math.max(...quantized.codes.map(Math.abs))).toBe(127);
    }
  });

  it('gives one scale to a tensor, and one to each row', () => {
    const values = Float32Array.of(1, -2, 0.5, 254);
    const extent = { rows: 2, columns: 2 };
    expect([...quantizeInt8(values, extent, 'tensor').codes]).toEqual([0, -1, 0, 127]);
    expect([...quantizeInt8(values, extent, 'row').codes]).toEqual([64, -127, 0, 127]);
    expect([...quantizeInt8(values, extent, 'tensor').scales]).toEqual([2, 2].map(Math.fround));
  });

  it('gives a row of zeros, or of next to nothing, codes 0 and scale 1', () => {
    const { codes, scales } = quantizeInt8([0, 0, 1e-40, -1e-35, 0, 3], { rows: 3, columns: 2 }, 'row');
    expect([...codes]).toEqual([0, 0, 0, 0, 0, 127]);
    expect([...scales.subarray(0, 2)]).toEqual([1, 1]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %d and says where it is',
    (bad) => {
      const quantize = () => quantizeInt8([1, 2, 3, bad], { rows: 2, columns: 2 }, 'row');
      expect(quantize).toThrow(QuantizationError);
      expect(quantize).toThrow(/row 1, column 1/);
    },
  );

  it('refuses a block of 0, of 1.5, and values that do not fill the matrix', () => {
    expect(() => quantizeInt8([1], { rows: 1, columns: 1 }, { block: 0 })).toThrow(QuantizationError);
    expect(() => quantizeInt8([1], { rows: 1, columns: 1 }, { block: 1.5 })).toThrow(/positive number of columns/);
    expect(() => quantizeInt8([1, 2], { rows: 1, columns: 1 }, 'row')).toThrow(/2 values do not fill 1 rows of 1/);
  });
});

describe('quantizeUint8', () => {
  it('keeps 0 exact and uses the whole range of codes', () => {
    const values = Float32Array.of(-1, 0, 3, 2.5, 5, 6, 0, 7);
    const quantized = quantizeUint8(values, { rows: 2, columns: 4 }, 'row');
    expect([...quantized.zeroPoints]).toEqual([64, 0]);
    expect([...quantized.codes.subarray(0, 4)]).toEqual([0, 64, 255, 223]);
    const restored = dequantize(quantized);
    expect([restored[1], restored[6]]).toEqual([0, 0]);
  });

  it('stays within one step for any finite values', () => {
    const finite = fc.float({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 40 }), (values) => {
        const quantized = quantizeUint8(values, { rows: 1, columns: values.length }, 'row');
        const restored = dequantize(quantized);
        return values.every((value, i) => Math.abs(restored[i]! - value) <= quantized.scales[0]! * 1.001);
      }),
    );
  });
});

describe('dequantize', () => {
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a scale of %d', (scale) => {
    const quantized = { rows: 1, columns: 1, block: 1, codes: Int8Array.of(1), scales: Float32Array.of(scale) };
    expect(() => dequantize(quantized)).toThrow(QuantizationError);
  });
});

describe('packCodes', () => {
  it('puts the lowest column into the lowest byte and pads rows with 0', () => {
    const words = packCodes(Int8Array.of(1, -1, 2, -128, 5, 6), { rows: 2, columns: 3 }, 4);
    expect([...words]).toEqual([0x0002ff01, 0x00060580]);
    expect(rowWords(1, 16)).toBe(4);
    expect(rowWords(129, 128)).toBe(64);
  });

  it('is undone by unpackCodes', () => {
    const extent = fc.record({ rows: fc.integer({ min: 1, max: 5 }), columns: fc.integer({ min: 1, max: 70 }) });
    fc.assert(
      fc.property(extent, fc.constantFrom(4, 16, 128), (size, alignment) => {
        const codes = Int8Array.from({ length: size.rows * size.columns }, (_, i) => ((i * 37) % 256) - 128);
        const words = packCodes(codes, size, alignment);
        const unpacked = new Int8Array(unpackCodes(words, size, alignment).buffer);
        return (
          words.length === size.rows * rowWords(size.columns, alignment) && codes.every((c, i) => c === unpacked[i])
        );
      }),
    );
  });

  it('refuses codes that do not fill the rows', () => {
    expect(() => packCodes(Int8Array.of(1), { rows: 2, columns: 3 }, 4)).toThrow(QuantizationError);
  });
});

describe('avoidTies', () => {
  it('leaves no value whose code a slightly different factor would change', () => {
    const extent = { rows: 64, columns: 1024 };
    const tied = seededRandom(3).values(64 * 1024);
    for (let i = 0; i < tied.length; i += 1024) tied.set([127, 0.5, -1.5, 2.5, 126.5], i);
    const values = avoidTies(tied, extent);
    for (let row = 0; row < 64; row++) {
      const own = values.subarray(row * 1024, (row + 1) * 1024);
      const { inverse } = symmetricScale(Math.max(...own.map(Math.abs)));
      for (const value of own) {
        const [low, high] = [inverse * (1 - 2 ** -21), inverse * (1 + 2 ** -21)];
        expect(roundToEven(value * low)).toBe(roundToEven(value * high));
      }
    }
    expect(values.filter((value, i) => value !== tied[i]).length).toBeGreaterThanOrEqual(64 * 4);
    expect(values.every((value, i) => Math.abs(value - tied[i]!) <= Math.abs(value) * 2 ** -15)).toBe(true);
  });
});

describe('relative RMS error of a 256 × 1024 × 256 product of normal operands', () => {
  const [m, k, n] = [256, 1024, 256];
  const random = seededRandom(7);
  const a = random.values(m * k);
  const b = random.values(k * n);
  const rows = Array.from({ length: m }, (_, row) => row);
  const exact = matmulRows(a, b, { n, k }, rows).values;
  const errorOf = (otherA: Float32Array, otherB: Float32Array): number => {
    const { values } = matmulRows(otherA, otherB, { n, k }, rows);
    let [wrong, right] = [0, 0];
    for (let i = 0; i < exact.length; i++) {
      wrong += (values[i]! - exact[i]!) ** 2;
      right += exact[i]! ** 2;
    }
    return Math.sqrt(wrong / right);
  };
  const int8Error = (granularity: Granularity): number => {
    const restoredA = dequantize(quantizeInt8(a, { rows: m, columns: k }, granularity));
    const restoredB = dequantize(quantizeInt8(transpose(b, k, n), { rows: n, columns: k }, granularity));
    return errorOf(restoredA, transpose(restoredB, n, k));
  };
  const within = (value: number, baseline: number): void => {
    expect(value).toBeGreaterThan(0.9 * baseline);
    expect(value).toBeLessThan(1.1 * baseline);
  };

  it('is 0.0111 with 8-bit codes per row and column', () => within(int8Error('row'), 0.0111));
  it('is 0.0152 with 8-bit codes per tensor', () => within(int8Error('tensor'), 0.0152));
  it('is smaller still per block of 128', () => expect(int8Error({ block: 128 })).toBeLessThan(0.0111));
  it('is 2.9e-4 with operands rounded to f16', () => {
    const rounded = (values: Float32Array) => values.map((value) => decodeFloat16(encodeFloat16(value)));
    within(errorOf(rounded(a), rounded(b)), 2.9e-4);
  });
});
