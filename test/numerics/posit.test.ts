/** Posits against published tables and against rounding by exhaustive search. */
import { describe, expect, it } from 'vitest';
import { encodePosit, posit } from '../../src/numerics/posit.js';
import { seededRandom } from '../../src/numerics/random.js';

describe('posit tables', () => {
  it('posit(4,1) and posit(4,0)', () => {
    expect([...posit(4, 1).values.subarray(0, 8)]).toEqual([0, 1 / 16, 1 / 4, 1 / 2, 1, 2, 4, 16]);
    expect([...posit(4, 0).values.subarray(0, 8)]).toEqual([0, 0.25, 0.5, 0.75, 1, 1.5, 2, 4]);
  });
  it('ranges of posit(8,0), (8,1) and (16,1)', () => {
    expect([posit(8, 0).max, posit(8, 0).min]).toEqual([64, 1 / 64]);
    expect([posit(8, 1).max, posit(8, 1).min]).toEqual([4096, 2 ** -12]);
    expect([posit(16, 1).max, posit(16, 1).min]).toEqual([2 ** 28, 2 ** -28]);
  });
  it.each([
    [8, 0],
    [8, 1],
    [8, 2],
    [16, 1],
  ])('posit(%i,%i) rises with its code as two’s complement, mirrors at zero and has one NaR', (bits, es) => {
    const { values } = posit(bits, es);
    const half = 2 ** (bits - 1);
    for (let code = 1; code < half; code++) {
      expect(values[code]! > values[code - 1]!).toBe(true);
      expect(values[2 * half - code]).toBe(-values[code]!);
    }
    expect([...values].filter(Number.isNaN)).toHaveLength(1);
    expect(values[half]).toBeNaN();
  });
});

describe('posit encoding', () => {
  it('undoes decoding for every code', () => {
    const format = posit(8, 1);
    format.values.forEach((value, code) => {
      expect(encodePosit(format, value)).toBe(code);
    });
  });
  it('finds the value nearest in the whole table', () => {
    const format = posit(8, 0);
    const random = seededRandom(5);
    const table = [...format.values].filter((value) => !Number.isNaN(value));
    for (let i = 0; i < 2000; i++) {
      const value = random.normal() * 10 ** (random.next() * 4 - 2);
      const nearest = Math.min(...table.map((candidate) => Math.abs(candidate - value)));
      expect(Math.abs(format.values[encodePosit(format, value)]! - value)).toBe(nearest);
    }
  });
  it('saturates, and gives NaR for what is no number', () => {
    const format = posit(8, 0);
    expect(format.values[encodePosit(format, -1e9)]).toBe(-64);
    expect(encodePosit(format, Number.NaN)).toBe(128);
  });
  it('refuses sizes out of range', () => {
    expect(() => posit(17, 1)).toThrow('posit of 17 bits');
    expect(() => posit(8, 5)).toThrow('5 exponent bits');
  });
});
