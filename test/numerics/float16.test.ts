/** binary16 conversion against exact arithmetic on integers. */
import { describe, expect, it } from 'vitest';
import { decodeFloat16, encodeFloat16 } from '../../src/numerics/float16.js';
import { seededRandom } from '../../src/numerics/random.js';

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);
const fromBits = (pattern: number): number => {
  bits[0] = pattern;
  return single[0]!;
};

/** |value| of a finite code in units of 2⁻²⁴, by the definition of the format. */
function unitsOf(code: number): bigint {
  const exponent = (code >> 10) & 31;
  const fraction = BigInt(code & 1023);
  return exponent === 0 ? fraction : (1024n + fraction) << BigInt(exponent - 1);
}

/** |value| of finite f32 bits in units of 2⁻¹⁴⁹, and the same of a code's value: 2⁻²⁴ is 2¹²⁵ of them. */
function exactF32(pattern: number): bigint {
  const exponent = (pattern >>> 23) & 255;
  const fraction = BigInt(pattern & 0x7fffff);
  return exponent === 0 ? fraction : (0x800000n + fraction) << BigInt(exponent - 1);
}
const exactF16 = (code: number): bigint => unitsOf(code) << 125n;

/** Nearest magnitude code by bisection over all of them; 0x7c00 counts as 2¹⁶, where the next number would be. */
function nearestCode(pattern: number): number {
  const exact = exactF32(pattern & 0x7fffffff);
  let low = 0;
  let high = 0x7c00;
  if (exact >= exactF16(high)) return high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (exactF16(middle) <= exact) low = middle;
    else high = middle;
  }
  const below = exact - exactF16(low);
  const above = exactF16(high) - exact;
  if (below === above) return low % 2 === 0 ? low : high;
  return below < above ? low : high;
}

describe('decodeFloat16', () => {
  it('gives every finite code its exact value, with its sign', () => {
    for (let code = 0; code < 0x10000; code++) {
      if ((code & 0x7c00) === 0x7c00) continue;
      const expected = Number(unitsOf(code)) * 2 ** -24;
      if (!Object.is(decodeFloat16(code), code & 0x8000 ? -expected : expected)) expect.fail(`code ${code}`);
    }
  });

  it('gives infinities and NaN', () => {
    expect(decodeFloat16(0x7c00)).toBe(Number.POSITIVE_INFINITY);
    expect(decodeFloat16(0xfc00)).toBe(Number.NEGATIVE_INFINITY);
    for (let fraction = 1; fraction < 1024; fraction++) expect(decodeFloat16(0x7c00 | fraction)).toBeNaN();
  });
});

describe('encodeFloat16', () => {
  it('returns every code that is not NaN', () => {
    for (let code = 0; code < 0x10000; code++) {
      const isNaNCode = (code & 0x7c00) === 0x7c00 && (code & 0x3ff) !== 0;
      if (!isNaNCode && encodeFloat16(decodeFloat16(code)) !== code) expect.fail(`code ${code}`);
    }
  });

  it('rounds halfway to the even code, and to the nearer one an ulp beside it', () => {
    for (let code = 0; code < 0x7bff; code++) {
      const middle = (decodeFloat16(code) + decodeFloat16(code + 1)) / 2;
      single[0] = middle;
      const pattern = bits[0]!;
      const even = code % 2 === 0 ? code : code + 1;
      const got = [encodeFloat16(middle), encodeFloat16(fromBits(pattern - 1)), encodeFloat16(fromBits(pattern + 1))];
      if (got[0] !== even || got[1] !== code || got[2] !== code + 1) expect.fail(`between ${code} and its neighbour`);
    }
  });

  it('overflows from 65520 on', () => {
    expect(encodeFloat16(fromBits(0x477fefff))).toBe(0x7bff);
    expect(encodeFloat16(65520)).toBe(0x7c00);
    expect(encodeFloat16(-65520)).toBe(0xfc00);
    expect(encodeFloat16(3e38)).toBe(0x7c00);
    expect(encodeFloat16(Number.NEGATIVE_INFINITY)).toBe(0xfc00);
    expect(decodeFloat16(encodeFloat16(Number.NaN))).toBeNaN();
  });

  it('keeps the sign of what underflows', () => {
    expect(encodeFloat16(2 ** -25)).toBe(0);
    expect(encodeFloat16(fromBits(0x33000001))).toBe(1);
    expect(encodeFloat16(-(2 ** -26))).toBe(0x8000);
    expect(encodeFloat16(-0)).toBe(0x8000);
  });

  it('gives the nearest code of random f32 numbers', () => {
    const random = seededRandom(16);
    for (let i = 0; i < 50_000; i++) {
      // Half of them anywhere, half around the range of binary16.
      const anywhere = random.below(2 ** 32);
      const exponent = 100 + random.below(46);
      const pattern = (i % 2 ? anywhere : ((anywhere & 0x807fffff) | (exponent << 23)) >>> 0) >>> 0;
      if ((pattern & 0x7f800000) === 0x7f800000) continue;
      const expected = nearestCode(pattern) | ((pattern >>> 16) & 0x8000);
      if (encodeFloat16(fromBits(pattern)) !== expected) expect.fail(`f32 bits ${pattern.toString(16)}`);
    }
  });
});
