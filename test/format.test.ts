/** Numbers as people read them, at the edges where rounding changes digits or units. */
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatRate,
  formatRatioInterval,
  formatShape,
  formatSi,
  formatTime,
  formatTiming,
  none,
  plain,
  significant,
} from '../src/bench/format.js';

describe('significant', () => {
  it.each([
    [1234, '1230'],
    [999.6, '1000'],
    [0.04567, '0.0457'],
    [0.09999, '0.100'],
    [1, '1.00'],
    [-2.5, '-2.50'],
    [0, '0'],
    [1e-9, '0.00000000100'],
    [Number.NaN, none],
    [Infinity, none],
  ])('%d is %s', (value, text) => {
    expect(significant(value)).toBe(text);
  });
});

describe('formatSi', () => {
  it.each([
    [2.31e12, '2.31 TFLOP/s'],
    [999.4, '999 FLOP/s'],
    [999.6, '1.00 kFLOP/s'],
    [999_600_000, '1.00 GFLOP/s'],
    [0, '0 FLOP/s'],
  ])('%d is %s', (value, text) => {
    expect(plain(formatSi(value, 'FLOP/s'))).toBe(text);
    expect(formatRate(value)).toBe(formatSi(value, 'FLOP/s'));
  });
});

describe('times', () => {
  it.each([
    [412_000, '412 µs'],
    [1, '1.00 ns'],
    [0.25, '250 ps'],
    [1_500_000_000, '1.50 s'],
    [90_000_000_000, '90.0 s'],
  ])('%d ns is %s', (ns, text) => {
    expect(plain(formatTime(ns))).toBe(text);
  });

  it('shows the farther end of the interval, in the unit and decimals of the mean', () => {
    expect(plain(formatTiming({ meanNs: 412_000, ci95Ns: [410_000, 415_000] }))).toBe('412 µs ± 3');
    expect(plain(formatTiming({ meanNs: 1_234_000, ci95Ns: [1_200_000, 1_240_000] }))).toBe('1.23 ms ± 0.03');
  });

  it('gives both ends of an interval that is wide, so that no time below 0 is allowed', () => {
    expect(plain(formatTiming({ meanNs: 18.2e6, ci95Ns: [9.14e6, 38e6] }))).toBe('18.2 ms (9.14 … 38.0)');
    expect(plain(formatTiming({ meanNs: 18e6, ci95Ns: [10e6, 26e6] }))).toBe('18.0 ms ± 8.0');
  });

  it('never shows an interval of 0 where there is one', () => {
    expect(plain(formatTiming({ meanNs: 412_000, ci95Ns: [411_960, 412_040] }))).toBe('412 µs ± 0.04');
  });
});

it('formats bytes in binary units', () => {
  expect([0, 1023, 2 ** 27, 2 ** 32 - 4, 1.5 * 2 ** 20].map((bytes) => plain(formatBytes(bytes)))).toEqual([
    '0 B',
    '1023 B',
    '128 MiB',
    '4.00 GiB',
    '1.50 MiB',
  ]);
});

it('formats a ratio with its interval', () => {
  expect(formatRatioInterval({ ratio: 3.9, ci95: [3.85, 3.94] })).toBe('3.90× ± 0.05');
});

it('writes a shape as it is typed', () => {
  expect(formatShape({ m: 1, n: 2, k: 3 })).toBe('m=1 n=2 k=3');
});

it('gives both ends of a ratio whose interval is wide', () => {
  expect(formatRatioInterval({ ratio: 3.9, ci95: [3.85, 3.95] })).toBe('3.90× ± 0.05');
  expect(formatRatioInterval({ ratio: 7.07, ci95: [2.39, 20.9] })).toBe('7.07× (2.39 … 20.9)');
});
