/** L-Mul: published spot values, the edge set and an independent oracle. */
import { describe, expect, it } from 'vitest';
import {
  type LmulFormat,
  type LmulRounding,
  lmul,
  lmulBits,
  lmulMatmulRows,
  lmulModes,
  paperOffsetBits,
  reduceOperand,
} from '../../src/numerics/lmul.js';
import { lmulTitle, mantissaPairs } from '../../src/numerics/lmul-table.js';
import { seededRandom } from '../../src/numerics/random.js';
import { format } from '../support/lmul-format.js';

const adder = format('adder-exact');
const fast = format('adder-fast');
const closed = format('closed-form');
const view = new DataView(new ArrayBuffer(4));

function bits(value: number): number {
  view.setFloat32(0, value);
  return view.getUint32(0);
}

function value(pattern: number): number {
  view.setUint32(0, pattern);
  return view.getFloat32(0);
}

describe('spot values', () => {
  it.each([
    [1, 1, 1.0625],
    [1.5, 1.5, 2.125],
    [3, 5, 14.5],
    [-2.25, 0.75, -1.6875],
    [1.25, 1.25, 1.5625],
    [2, 3, 6.25],
    [-1.25, 1.75, -2.125],
    [3.14159274, 2.71828175, 7.9697489738464355],
  ])('%d × %d is %d by both adders', (x, y, product) => {
    expect(lmul(x, y, adder)).toBe(product);
    expect(lmul(x, y, fast)).toBe(product);
  });

  it('gives the documented bit patterns', () => {
    expect(lmulBits(bits(1), bits(1), adder)).toBe(0x3f88_0000);
    expect(lmulBits(bits(3.14159274), bits(2.71828175), adder)).toBe(0x40ff_082f);
  });

  it('differs between adder and closed form where the mantissas carry', () => {
    expect(lmul(1.5, 1.5, closed)).toBe(2.0625);
    expect(lmul(1.999999, 1.999999, closed)).toBeCloseTo(3.0625, 4);
    expect(lmul(1.999999, 1.999999, adder)).toBeCloseTo(4.25, 4);
  });

  it('adds 8 + mx + my + 1 in the last places of e4m3 with m = 3 and l = 3', () => {
    for (let mx = 0; mx < 8; mx++) {
      for (let my = 0; mx + my + 1 < 8; my++) {
        const product = lmul(1 + mx / 8, 1 + my / 8, format('closed-form', 3, 3));
        expect(product).toBe((8 + mx + my + 1) / 8);
      }
    }
  });

  it('has the offset of the paper', () => {
    expect([2, 3, 4, 5, 7, 23].map(paperOffsetBits)).toEqual([2, 3, 3, 4, 4, 4]);
  });
});

describe('policy at the edges', () => {
  const max = 0x7f7f_ffff;
  const exactModes = [adder, closed];

  it('gives zeros the exclusive or of the signs', () => {
    for (const mode of exactModes) {
      expect(lmulBits(bits(0), bits(5), mode)).toBe(0);
      expect(lmulBits(bits(-0), bits(5), mode)).toBe(0x8000_0000);
      expect(lmulBits(bits(-0), bits(-0.5), mode)).toBe(0);
    }
  });

  it('counts subnormal operands as zero and flushes results below the smallest normal number', () => {
    for (const mode of exactModes) {
      expect(lmulBits(1, bits(1e30), mode)).toBe(0);
      expect(lmulBits(0x807f_ffff, bits(1e30), mode)).toBe(0x8000_0000);
      expect(lmulBits(bits(1e-38), bits(1e-3), mode)).toBe(0);
      expect(lmulBits(bits(2 ** -126), bits(-1), mode)).toBe(0x8088_0000);
      expect(lmulBits(bits(2 ** -126), bits(0.5), mode)).toBe(0);
    }
  });

  it('saturates finite products at the largest finite number', () => {
    for (const mode of exactModes) {
      expect(lmulBits(bits(1e30), bits(1e30), mode)).toBe(max);
      expect(lmulBits(max, max | 0x8000_0000, mode)).toBe(0xff7f_ffff);
    }
  });

  it('takes a largest number that rounds up as 2^128', () => {
    expect(lmul(value(max), 0.5, format('adder-exact', 3, 4, 'nearest-even'))).toBe(2 ** 127 * 1.0625);
  });

  it('passes infinity and NaN on', () => {
    const infinity = 0x7f80_0000;
    for (const mode of exactModes) {
      expect(lmulBits(infinity, bits(-2), mode)).toBe(0xff80_0000);
      expect(lmulBits(infinity, bits(0), mode)).toBe(0x7fc0_0000);
      expect(lmulBits(1, infinity, mode)).toBe(0x7fc0_0000);
      expect(lmulBits(0x7f80_0001, bits(1), mode)).toBe(0x7fc0_0000);
      expect(lmulBits(bits(1), 0xffff_ffff, mode)).toBe(0x7fc0_0000);
    }
  });

  it('clamps everything to 2^-60 … 2^60 in the fast mode, so that a zero times b is 2^-60·|b|', () => {
    expect(lmul(0, 1, fast)).toBe(2 ** -60 * 1.0625);
    expect(lmul(-0, 2, fast)).toBe(-(2 ** -59) * 1.0625);
    expect(lmul(1e-38, 1e-3, fast)).toBeGreaterThan(0);
    expect(lmul(0, 0, fast)).toBe(2 ** -120 * 1.0625);
    expect(lmul(1e30, -1e30, fast)).toBe(-(2 ** 120) * 1.0625);
    expect(lmul(Number.NaN, 1, fast)).toBe(2 ** 60 * 1.0625);
    expect(lmul(0, 2 ** 60, fast)).toBe(1.0625);
  });

  it('refuses formats out of range in one sentence', () => {
    expect(() => lmul(1, 1, format('adder-exact', 1))).toThrow(/2 to 23 mantissa bits, not 1/);
    expect(() => lmul(1, 1, format('adder-fast', 24))).toThrow(RangeError);
    expect(() => lmul(1, 1, format('closed-form', 7, 0))).toThrow(/l from 1 to 24, not 0/);
    expect(() => lmul(1, 1, format('closed-form', 7, 25))).toThrow(RangeError);
  });
});

/** L-Mul from its definition in f64, for operands and results within the normal range. */
function oracle(x: number, y: number, { mode, mantissaBits, offsetBits, rounding }: LmulFormat): number {
  const [a, b] = [split(x, mantissaBits, rounding), split(y, mantissaBits, rounding)];
  const offset = offsetBits === 24 ? 0 : 2 ** -offsetBits;
  const sum = a.fraction + b.fraction + offset;
  const scale = Math.sign(x) * Math.sign(y) * 2 ** (a.exponent + b.exponent);
  if (mode === 'closed-form') return Math.fround(scale * (1 + sum));
  const carries = Math.floor(sum);
  return scale * 2 ** carries * (1 + sum - carries);
}

function split(x: number, mantissaBits: number, rounding: LmulRounding): { exponent: number; fraction: number } {
  const exponent = Math.floor(Math.log2(Math.abs(x)));
  const steps = (Math.abs(x) / 2 ** exponent - 1) * 2 ** mantissaBits;
  const floor = Math.floor(steps);
  const up = steps - floor > 0.5 || (steps - floor === 0.5 && floor % 2 === 1);
  const kept = rounding === 'nearest-even' && up ? floor + 1 : floor;
  return kept === 2 ** mantissaBits
    ? { exponent: exponent + 1, fraction: 0 }
    : { exponent, fraction: kept / 2 ** mantissaBits };
}

describe('against the definition in f64', () => {
  const random = seededRandom(7);
  // Exponents −30 … 30 keep log2 of the oracle exact enough and every product in range.
  const draw = (): number =>
    value((random.below(2) * 0x8000_0000 + ((97 + random.below(61)) << 23) + random.below(2 ** 23)) >>> 0);

  for (const mode of lmulModes) {
    it(`${mode} is bit-equal on 20,000 random pairs in random formats`, () => {
      for (let i = 0; i < 20_000; i++) {
        const [x, y] = [draw(), draw()];
        const one = format(
          mode,
          2 + random.below(22),
          1 + random.below(24),
          random.below(2) ? 'truncate' : 'nearest-even',
        );
        const product = lmul(x, y, one);
        if (product !== oracle(x, y, one))
          expect.fail(`${lmulTitle(one)}: ${x} × ${y} is ${product}, not ${oracle(x, y, one)}`);
      }
    });

    it(`${mode} is bit-equal on all pairs of 7-bit mantissas at several exponents`, () => {
      const one = format(mode);
      const { x, y } = mantissaPairs(7);
      for (const [p, q] of [
        [0, 0],
        [3, -5],
        [-29, 20],
      ] as const) {
        const misses = x.filter((a, i) => {
          const [left, right] = [a * 2 ** p, -y[i]! * 2 ** q];
          return lmul(left, right, one) !== oracle(left, right, one);
        });
        expect(misses).toHaveLength(0);
      }
    });
  }

  it('reduces operands to what is already there when they have few bits', () => {
    expect(reduceOperand(bits(1.875), 3, 'nearest-even')).toBe(bits(1.875));
    expect(reduceOperand(bits(-1.9375), 3, 'nearest-even')).toBe(bits(-2));
    expect(reduceOperand(bits(-1.9375), 3, 'truncate')).toBe(bits(-1.875));
    expect(reduceOperand(bits(1.0625), 3, 'nearest-even')).toBe(bits(1));
    expect(reduceOperand(bits(1.1875), 3, 'nearest-even')).toBe(bits(1.25));
  });

  it('sums matrix products of single L-Muls', () => {
    const [a, b] = [random.values(6), random.values(12)];
    for (const mode of lmulModes) {
      const one = format(mode, 4, 3);
      const { values, magnitudes } = lmulMatmulRows(a, b, { n: 4, k: 3 }, [1], one);
      for (let j = 0; j < 4; j++) {
        const products = [0, 1, 2].map((p) => lmul(a[3 + p]!, b[4 * p + j]!, one));
        expect(values[j]).toBe(products.reduce((sum, product) => sum + product, 0));
        expect(magnitudes[j]).toBe(products.reduce((sum, product) => sum + Math.abs(product), 0));
      }
    }
  });
});
