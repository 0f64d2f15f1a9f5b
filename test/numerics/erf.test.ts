/** The error function against tables. */
import { expect, it } from 'vitest';
import { erf } from '../../src/numerics/erf.js';

it('computes the error function', () => {
  // Abramowitz and Stegun, table 7.1, and the continued fraction's side of the turn.
  for (const [x, y] of [
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [3, 0.9999779095030014],
  ] as const) {
    expect(erf(x)).toBeCloseTo(y, 13);
    expect(erf(-x)).toBe(-erf(x));
  }
  expect(erf(2.5 - 1e-12)).toBeCloseTo(erf(2.5), 11);
  expect([erf(0), erf(Number.POSITIVE_INFINITY), erf(Number.NaN)]).toEqual([0, 1, Number.NaN]);
});
