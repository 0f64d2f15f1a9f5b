/** Error statistics of L-Mul: published tables, extremes, dot products, and where the claims of the paper hold. */
import { describe, expect, it } from 'vitest';
import type { LmulFormat } from '../../src/numerics/lmul.js';
import {
  dotError,
  type ErrorStatistics,
  errorStatistics,
  lmulProducts,
  lmulTable,
  lmulTitle,
  mantissaPairs,
  narrowProducts,
  type PairDistribution,
  samplePairs,
} from '../../src/numerics/lmul-table.js';
import { format } from '../support/lmul-format.js';

const adder = format('adder-exact');
const closed = format('closed-form');

describe('error statistics', () => {
  const pairs = {
    normal: samplePairs('normal', 500_000, 20261121),
    'uniform-mantissa': samplePairs('uniform-mantissa', 500_000, 20261122),
  };
  const allPairs = mantissaPairs(10);
  const measured = new Map<string, ErrorStatistics>();
  const measure = (distribution: PairDistribution, name: 'e4m3' | 'e5m2' | LmulFormat): ErrorStatistics => {
    const key = `${distribution} ${typeof name === 'string' ? name : lmulTitle(name)}`;
    const multiply = typeof name === 'string' ? narrowProducts(name) : lmulProducts(name);
    if (!measured.has(key)) measured.set(key, errorStatistics(multiply, pairs[distribution]));
    return measured.get(key)!;
  };
  const within3Percent = (actual: number, expected: number): void => {
    expect(Math.abs(actual / expected - 1), `${actual} against ${expected}`).toBeLessThan(0.03);
  };
  const even = 'nearest-even';

  it.each([
    ['normal', 'e4m3', 1.409e-3, 0.0592, 'uniform-mantissa', 1.117e-3, 0.036],
    ['normal', 'e5m2', 5.573e-3, 0.0746, 'uniform-mantissa', 4.485e-3, 0.0719],
    ['normal', format('adder-exact', 3, 3, even), 4.855e-3, 0.0692, 'uniform-mantissa', 5.216e-3, 0.0694],
    ['normal', format('adder-exact', 3, 3), 3.472e-3, 0.0593, 'uniform-mantissa', 3.239e-3, 0.0596],
    ['normal', format('adder-exact', 3, 4, even), 2.186e-3, 0.0466, 'uniform-mantissa', 2.274e-3, 0.047],
    ['normal', format('adder-exact', 4, 3, even), 3.879e-3, 0.0618, 'uniform-mantissa', 3.995e-3, 0.0612],
    ['normal', format('adder-exact', 4, 3), 1.358e-3, 0.0368, 'uniform-mantissa', 1.189e-3, 0.0359],
    ['normal', format('adder-exact', 4, 4, even), 1.303e-3, 0.0361, 'uniform-mantissa', 1.265e-3, 0.0359],
    ['normal', format('adder-exact', 4, 4), 2.56e-3, 0.051, 'uniform-mantissa', 2.343e-3, 0.0515],
    ['normal', format('adder-fast', 4, 3), 1.358e-3, 0.0368, 'uniform-mantissa', 1.189e-3, 0.0359],
    ['normal', format('adder-exact', 7, 4), 9.55e-4, 0.031, 'uniform-mantissa', 8.63e-4, 0.0306],
    ['normal', adder, 9.91e-4, 0.0315, 'uniform-mantissa', 9.16e-4, 0.031],
  ] as const)('%s %o: NMSE %d and rms %d', (first, name, nmse, rms, second, otherNmse, otherRms) => {
    const [a, b] = [measure(first, name), measure(second, name)];
    within3Percent(a.nmse, nmse);
    // The rms of e4m3 and e5m2 on normal data hangs on the few operands below their normal range.
    if (typeof name !== 'string') within3Percent(a.rms, rms);
    else expect(Math.abs(a.rms / rms - 1)).toBeLessThan(0.1);
    within3Percent(b.nmse, otherNmse);
    within3Percent(b.rms, otherRms);
  });

  it.each([
    [format('closed-form', 4, 3, even), 6.095e-3, 1.053e-2],
    [format('closed-form', 3, 3, even), 6.58e-3, undefined],
    [format('closed-form', 3, 3), 1.05e-2, undefined],
    [format('closed-form', 4, 3), 6.97e-3, undefined],
  ] as const)('%o: NMSE %d', (one, normal, uniform) => {
    within3Percent(measure('normal', one).nmse, normal);
    if (uniform) within3Percent(measure('uniform-mantissa', one).nmse, uniform);
  });

  it.each([
    [adder, 0.00405, 0.02654, 0.03095, -0.07287, 0.06246],
    [format('adder-exact', 23, 3), 0.04851, 0.05104, 0.05817, -0.03213, 0.12493],
    [format('adder-exact', 23, 24), -0.03853, 0.03853, 0.04845, -0.11111, 0],
    [closed, -0.06414, 0.07574, 0.09612, -0.23425, 0.06246],
    [format('adder-exact', 3, 3, even), 0.04846, 0.05739, 0.06937, -0.10925, 0.21727],
    [format('adder-exact', 4, 4, even), 0.00405, 0.02959, 0.03587, -0.11043, 0.11519],
    [format('closed-form', 4, 3, even), -0.02206, 0.07022, 0.08481, -0.22573, 0.17388],
  ] as const)('%o on uniform mantissas is within 0.1 points', (one, mean, meanAbsolute, rms, min, max) => {
    const statistics = measure('uniform-mantissa', one);
    const near = (actual: number, expected: number, points: number): void =>
      expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThan(points / 100);
    near(statistics.mean, mean, 0.1);
    near(statistics.meanAbsolute, meanAbsolute, 0.1);
    near(statistics.rms, rms, 0.1);
    // Few pairs are near the extremes: a fine grid finds them more surely than a sample.
    const grid = errorStatistics(lmulProducts(one), allPairs);
    near(grid.min, min, 0.2);
    near(grid.max, max, 0.2);
  });

  it('counts every pair of mantissas, whose statistics the samples approach', () => {
    const exact = errorStatistics(lmulProducts(adder), mantissaPairs(10));
    expect(exact.pairs).toBe(2 ** 20);
    expect(Math.abs(exact.rms - measure('uniform-mantissa', adder).rms)).toBeLessThan(1e-4);
    expect(errorStatistics(lmulProducts(adder), mantissaPairs(1))).toMatchObject({ pairs: 4, max: 0.0625 });
    expect(() => mantissaPairs(12)).toThrow(/1 to 11 bits, not 12/);
  });

  it('says in which readings the claims of the paper hold', () => {
    const nmse = (name: 'e4m3' | 'e5m2' | LmulFormat): number => measure('normal', name).nmse;
    expect(nmse(format('adder-exact', 4, 3))).toBeLessThan(nmse('e4m3'));
    expect(nmse(format('adder-exact', 4, 3, even))).toBeGreaterThan(2 * nmse('e4m3'));
    expect(nmse(format('adder-exact', 3, 3))).toBeLessThan(nmse('e5m2'));
    expect(nmse(format('closed-form', 7, 4))).toBeGreaterThan(nmse('e5m2'));
  });

  it('has one row for each product in the table', () => {
    const rows = lmulTable(mantissaPairs(5), [3, 4, 23]);
    expect(new Set(rows.map(({ title }) => title)).size).toBe(rows.length);
    // Three products; m = 3 and 4 with two offsets, two roundings and three modes each; m = 23 with one of each.
    expect(rows).toHaveLength(3 + 2 * 12 + 3);
    expect(rows.every(({ rms, pairs }) => pairs === 1024 && rms >= 0 && rms < 0.15)).toBe(true);
  });
});

describe('dot products', () => {
  const within5Percent = (actual: number, expected: number): void => {
    expect(Math.abs(actual / expected - 1), `${actual} against ${expected}`).toBeLessThan(0.05);
  };

  it('has the documented errors at k = 1024 and 4096', () => {
    const long = dotError(lmulProducts(adder), 4096, 400, 3);
    expect(Math.abs(long.rmsPerRootK - 0.029)).toBeLessThan(0.004);
    const short = dotError(lmulProducts(adder), 1024, 1500, 4);
    within5Percent(short.relativeRms, 0.032);
    expect(Math.abs(short.gain - 1.005)).toBeLessThan(0.004);
    within5Percent(dotError(narrowProducts('e4m3'), 1024, 1000, 5).relativeRms, 0.0376);
  });

  it('ranks formats at k = 256 as documented', () => {
    const relative = (one: LmulFormat): number => dotError(lmulProducts(one), 256, 4000, 6).relativeRms;
    within5Percent(relative(format('adder-exact', 4, 3)), 0.0366);
    within5Percent(relative(format('adder-exact', 3, 3)), 0.0581);
    within5Percent(relative(format('adder-exact', 4, 3, 'nearest-even')), 0.0622);
    within5Percent(relative(format('adder-exact', 3, 3, 'nearest-even')), 0.0692);
    within5Percent(dotError(narrowProducts('e5m2'), 256, 4000, 6).relativeRms, 0.0743);
  });
});
