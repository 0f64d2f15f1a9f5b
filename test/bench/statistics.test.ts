/** Statistics against published tables and hand-worked cases. */
import { describe, expect, test } from 'vitest';
import {
  bootstrapInterval,
  correlationInflation,
  type Level,
  standardError,
  studentQuantile,
  wideningFor,
  withinFences,
} from '../../src/bench/statistics.js';
import { seededRandom } from '../../src/numerics/random.js';

describe('studentQuantile', () => {
  // Two-sided critical values as printed in any table of Student's t.
  const table: readonly [Level, number, number][] = [
    [0.95, 1, 12.706],
    [0.95, 2, 4.303],
    [0.95, 3, 3.182],
    [0.95, 5, 2.571],
    [0.95, 9, 2.262],
    [0.95, 30, 2.042],
    [0.95, 120, 1.98],
    [0.99, 1, 63.657],
    [0.99, 2, 9.925],
    [0.99, 3, 5.841],
    [0.99, 7, 3.499],
    [0.99, 30, 2.75],
  ];
  test.each(table)('%f with %i degrees is %f', (level, degrees, expected) => {
    expect(Math.abs(studentQuantile(level, degrees) / expected - 1)).toBeLessThan(5e-4);
  });
});

describe('standardError', () => {
  test('is s / √n for values that do not follow each other', () => {
    const values = [1, -1, 1, -1, 1, -1, 1, -1];
    expect(standardError(values)).toBeCloseTo(Math.sqrt(8 / 7 / 8), 12);
  });
  test('is not zero where a quantised clock shows one value only', () => {
    expect(standardError([5, 5, 5, 5, 5, 5], 1)).toBeCloseTo(1.5 / 6, 12);
  });
  test('grows where samples follow each other', () => {
    const rising = Array.from({ length: 30 }, (_, i) => i);
    expect(correlationInflation(rising)).toBeGreaterThan(10);
  });
});

describe('withinFences', () => {
  const quiet = [10, 11, 10, 12, 11, 10, 11, 12, 11];
  test('leaves out what is far outside', () => {
    expect(withinFences([...quiet, 100])).toEqual(quiet.map((_, i) => i));
  });
  test('keeps single steps of a coarse clock', () => {
    const readings = [...new Array(11).fill(65_536), 131_072];
    expect(withinFences(readings)).toHaveLength(11);
    expect(withinFences(readings, 4 * 65_536)).toHaveLength(12);
  });
  test('judges nothing by fewer than eight', () => {
    expect(withinFences([1, 1, 1, 1, 1, 1, 900])).toHaveLength(7);
  });
});

describe('wideningFor', () => {
  test('is 1 where nothing was set aside, and more where something was', () => {
    expect(wideningFor([1, 2, 3], [1, 2, 3])).toBe(1);
    // Drawn in: 1, 2, 3, 3; variances 11/12 and 1; √((11/12 / 4 · (4/3)²) / (1 / 3)).
    expect(wideningFor([1, 2, 3, 90], [1, 2, 3])).toBeCloseTo(Math.sqrt(((11 / 48) * (16 / 9)) / (1 / 3)), 12);
  });
});

describe('bootstrapInterval', () => {
  const values = seededRandom(7).values(25);
  test('is the same for the same seed, and another for another', () => {
    const interval = bootstrapInterval([...values], seededRandom(1));
    expect(bootstrapInterval([...values], seededRandom(1))).toEqual(interval);
    expect(bootstrapInterval([...values], seededRandom(2))).not.toEqual(interval);
  });
  test('covers the mean of skewed values nine times of ten and more', () => {
    let covered = 0;
    for (let seed = 1; seed <= 500; seed++) {
      const random = seededRandom(seed);
      const skewed = Array.from({ length: 12 }, () => -Math.log(1 - random.next()));
      const [lo, hi] = bootstrapInterval(skewed, random);
      if (lo <= 1 && 1 <= hi) covered++;
    }
    expect(covered / 500).toBeGreaterThanOrEqual(0.92);
  });
});
