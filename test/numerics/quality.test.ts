/** Quality measures against figures worked out by hand. */
import { describe, expect, it } from 'vitest';
import { bestScale, peak, quality, relativeRms, sqnr } from '../../src/numerics/quality.js';

describe('quality', () => {
  it('agrees with a case worked by hand', () => {
    const measured = quality([3, -4], [3.3, -4.4]);
    expect(measured.sqnrDb).toBeCloseTo(20, 10);
    expect(measured.relativeRms).toBeCloseTo(0.1, 10);
    expect(measured.maxAbsolute).toBeCloseTo(0.4, 10);
    expect(measured.meanError).toBeCloseTo(-0.05, 10);
  });

  it('ties SQNR to relative RMS', () => {
    const exact = [1, 2, -3, 0.5];
    const rough = [1.01, 1.95, -3.02, 0.5];
    expect(10 ** (-sqnr(exact, rough) / 20)).toBeCloseTo(relativeRms(exact, rough), 12);
  });

  it('says ∞ where nothing differs and −∞ where nothing was there', () => {
    expect(sqnr([1, 2], [1, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(sqnr([0, 0], [0, 0])).toBe(Number.POSITIVE_INFINITY);
    expect(sqnr([0, 0], [0, 1])).toBe(Number.NEGATIVE_INFINITY);
  });

  it('refuses unequal lengths and nothing at all', () => {
    expect(() => sqnr([1], [1, 2])).toThrow('1 exact values with 2 approximate');
    expect(() => sqnr([], [])).toThrow('no values');
  });
});

describe('bestScale', () => {
  it('beats the scale of the peak where one outlier wastes the range', () => {
    const values = [...Array.from({ length: 200 }, (_, i) => Math.sin(i)), 8];
    const nearest = (value: number): number => Math.max(-7, Math.min(7, Math.round(value)));
    const { scale, sqnrDb } = bestScale(values, nearest, 7);
    const atPeak = peak(values) / 7;
    expect(scale).toBeLessThan(atPeak);
    expect(sqnrDb).toBeGreaterThan(
      sqnr(
        values,
        values.map((value) => nearest(value / atPeak) * atPeak),
      ),
    );
  });

  it('refuses zeros and non-finite values', () => {
    expect(() => bestScale([0, 0], Math.round, 7)).toThrow('not all zero');
    expect(() => bestScale([1, Number.NaN], Math.round, 7)).toThrow('finite');
  });
});
