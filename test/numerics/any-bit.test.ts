/** Weights of any width: value tables, quantization against plain rounding, packing, refusals. */
import { describe, expect, it } from 'vitest';
import {
  dequantizeAnyBit,
  packAnyBit,
  quantizeAnyBit,
  unpackAnyBit,
  weightFormat,
} from '../../src/numerics/any-bit.js';
import { FormatError } from '../../src/numerics/format-error.js';
import { miniFloat } from '../../src/numerics/minifloat.js';
import { relativeRms, sqnr } from '../../src/numerics/quality.js';
import { seededRandom } from '../../src/numerics/random.js';

const sizes = { n: 6, k: 192, groupSize: 64 } as const;
const weights = seededRandom(4).values(sizes.n * sizes.k);
const widths = [1, 2, 3, 4, 5, 6, 7, 8];
const formats = [
  ...widths.flatMap((bits) => [weightFormat(bits, 'unsigned'), weightFormat(bits, 'signed')]),
  ...widths.flatMap((bits) => Array.from({ length: bits - 1 }, (_, i) => weightFormat(bits, i + 1))),
];

describe('value tables', () => {
  it.each(widths.slice(1))('signed %i bits read as two’s complement', (bits) => {
    const { values } = weightFormat(bits, 'signed');
    values.forEach((value, code) => {
      expect(value).toBe((code << (32 - bits)) >> (32 - bits));
    });
  });
  it('one signed bit is a sign', () => expect([...weightFormat(1, 'signed').values]).toEqual([1, -1]));
  it('floats are the small floats of that name', () => {
    expect(weightFormat(6, 3).values).toEqual(miniFloat('e3m2').values);
    expect(weightFormat(8, 4).max).toBe(448);
  });
});

describe.each(formats.map((format) => [format.name, format] as const))('%s', (_, format) => {
  const matrix = quantizeAnyBit(weights, { ...sizes, format });
  it('takes every weight to the nearest value its group offers', () => {
    const values = dequantizeAnyBit(matrix);
    for (let i = 0; i < weights.length; i += 7) {
      const group = Math.floor(i / sizes.groupSize);
      const offered = [...format.values]
        .filter((value) => Math.abs(value) <= format.max)
        .map((value) => (value - matrix.zeroPoints[group]!) * matrix.scales[group]!);
      const nearest = Math.min(...offered.map((value) => Math.abs(value - weights[i]!)));
      const slack = format.kind === 'unsigned' ? matrix.scales[group]! / 2 : 1e-6;
      expect(Math.abs(values[i]! - weights[i]!)).toBeLessThanOrEqual(nearest + slack);
    }
  });
  it('is packed in bits/8 bytes per weight, and unpacked as it was', () => {
    const packed = packAnyBit(matrix);
    expect(packed.words.byteLength).toBe((sizes.n * sizes.k * format.bits) / 8);
    expect(unpackAnyBit(packed, { ...sizes, format })).toEqual(matrix);
  });
});

describe('quality', () => {
  it('falls with every bit taken away', () => {
    const large = seededRandom(5).values(64 * 256);
    const sizes = { n: 64, k: 256, groupSize: 64 };
    const byWidth = widths.map((bits) =>
      sqnr(large, dequantizeAnyBit(quantizeAnyBit(large, { ...sizes, format: weightFormat(bits, 'signed') }))),
    );
    for (let i = 1; i < byWidth.length; i++) expect(byWidth[i]!).toBeGreaterThan(byWidth[i - 1]!);
  });
  it('of signs of normal weights is √(1 − 2/π), of ternary ones 0.437 within 10 %', () => {
    const large = seededRandom(6).values(64 * 1024);
    const error = (bits: number): number =>
      relativeRms(
        large,
        dequantizeAnyBit(
          quantizeAnyBit(large, { n: 64, k: 1024, groupSize: 128, format: weightFormat(bits, 'signed') }),
        ),
      );
    expect(Math.abs(error(1) / Math.sqrt(1 - 2 / Math.PI) - 1)).toBeLessThan(0.02);
    expect(Math.abs(error(2) / 0.437 - 1)).toBeLessThan(0.1);
  });
});

describe('edges', () => {
  it.each(formats.map((format) => [format.name, format] as const))('%s: a group of zeros stays zero', (_, format) => {
    const matrix = quantizeAnyBit(new Float32Array(32), { n: 1, k: 32, groupSize: 32, format });
    expect([...dequantizeAnyBit(matrix)].every((value) => value === 0)).toBe(true);
  });
  it('refuses widths, exponents, groups and weights that cannot be', () => {
    expect(() => weightFormat(0, 'signed')).toThrow('A width of 0 bits is out of range; choose 1 to 8.');
    expect(() => weightFormat(9, 'unsigned')).toThrow(FormatError);
    expect(() => weightFormat(4, 4)).toThrow('A float of 4 bits has 1 to 3 exponent bits, not 4');
    const format = weightFormat(4, 'signed');
    expect(() => quantizeAnyBit(new Float32Array(40), { n: 1, k: 40, groupSize: 32, format })).toThrow('not divisible');
    const bad = new Float32Array(32).fill(Number.NaN);
    expect(() => quantizeAnyBit(bad, { n: 1, k: 32, groupSize: 32, format })).toThrow('Weight 0 is NaN');
  });
});
