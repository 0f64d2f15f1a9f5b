/** bfloat16 against every code and against rounding done on integers. */
import { describe, expect, it } from 'vitest';
import { decodeBfloat16, encodeBfloat16 } from '../../src/numerics/bfloat16.js';

describe('bfloat16', () => {
  it('encodes every number to its own code', () => {
    for (let code = 0; code < 0x1_0000; code++) {
      const value = decodeBfloat16(code);
      if (!Number.isNaN(value)) expect(encodeBfloat16(value)).toBe(code);
    }
  });
  it('reads signs, exponents and seven fraction bits', () => {
    expect(decodeBfloat16(0x3f80)).toBe(1);
    expect(decodeBfloat16(0xc049)).toBe(-(2 + 73 / 64 - 0.0));
    expect(decodeBfloat16(0x0001)).toBe(2 ** -133);
    expect(decodeBfloat16(0x7f7f)).toBe((2 - 2 ** -7) * 2 ** 127);
  });
  it('rounds midpoints to the even code', () => {
    expect(encodeBfloat16(1 + 2 ** -8)).toBe(0x3f80);
    expect(encodeBfloat16(1 + 3 * 2 ** -8)).toBe(0x3f82);
    expect(encodeBfloat16(1 + 2 ** -8 + 2 ** -20)).toBe(0x3f81);
  });
  it('overflows to infinity and keeps NaN', () => {
    expect(encodeBfloat16(3.4e38)).toBe(0x7f80);
    expect(decodeBfloat16(encodeBfloat16(Number.NaN))).toBeNaN();
  });
});
