/** Running errors against what f32 arithmetic really does, and special functions against known values. */

import { describe, expect, it } from 'vitest';
import { approximate, boundOf, polynomial } from '../../shaders/lib/running-error.js';
import { erf } from '../../src/numerics/erf.js';
import { seededRandom } from '../../src/numerics/random.js';
import { roundToEven } from '../../src/numerics/rounding.js';

const random = seededRandom(7);

describe('running errors', () => {
  it('hold f32 sums, products and quotients, and are no wider than a few ulp', () => {
    for (let i = 0; i < 1000; i++) {
      const [a, b, c] = random.values(3) as unknown as [number, number, number];
      const computed = Math.fround(Math.fround(Math.fround(a * b) + c) / Math.fround(b * b + 1));
      const square = approximate(b).times(approximate(b)).plus(1);
      const bound = approximate(a).times(approximate(b)).plus(approximate(c)).over(square);
      const exact = (a * b + c) / (b * b + 1);
      expect(Math.abs(computed - exact)).toBeLessThanOrEqual(boundOf(bound, exact));
      expect(bound.error).toBeLessThan(16 * 2 ** -23 * (Math.abs(a * b) + Math.abs(c)));
    }
  });

  it('count the distance of a formula from the exact function', () => {
    const x = approximate(0.5);
    const series = polynomial(x, [1, 1, 1 / 2]);
    expect(boundOf(series, Math.exp(0.5))).toBeGreaterThan(Math.exp(0.5) - 1.625);
  });
});

describe('special functions', () => {
  it('know the error function (Abramowitz and Stegun, table 7.1)', () => {
    const table = [
      [0, 0],
      [0.5, 0.5204998778],
      [1, 0.8427007929],
      [2, 0.995322265],
      [-1, -0.8427007929],
      [4, 0.9999999846],
    ] as const;
    for (const [x, value] of table) expect(erf(x)).toBeCloseTo(value, 9);
  });

  it('round halves to even', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4, 2.6].map((x) => roundToEven(x) + 0)).toEqual([0, 2, 2, 0, -2, 2, 3]);
  });
});
