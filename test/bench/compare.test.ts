/** Verdicts on hand-made samples. */
import { expect, test } from 'vitest';
import { compare } from '../../src/bench/compare.js';
import type { Sample } from '../../src/bench/sample.js';
import { seededRandom } from '../../src/numerics/random.js';

function subject(mean: number, noise: number, count: number, seed: number) {
  const random = seededRandom(seed);
  const samples = Array.from(
    { length: count },
    (_, round): Sample => ({ round, ns: mean * (1 + noise * random.normal()) }),
  );
  return { samples, stepNs: 0 };
}

test('the ratio is the time of b over that of a: above 1, a is faster', () => {
  const comparison = compare(subject(100, 0.01, 20, 1), subject(150, 0.01, 20, 2))!;
  expect(comparison.ratio).toBeCloseTo(1.5, 1);
  expect(comparison.verdict).toBe('faster');
  expect(compare(subject(150, 0.01, 20, 2), subject(100, 0.01, 20, 1))!.verdict).toBe('slower');
});

test('same asks for an interval within ±2 %', () => {
  expect(compare(subject(100, 0.005, 30, 1), subject(100.3, 0.005, 30, 2))!.verdict).toBe('same');
  expect(compare(subject(100, 0.08, 30, 1), subject(100, 0.08, 30, 2))!.verdict).toBe('undecided');
});

test('seven pairs decide nothing, and two give no ratio', () => {
  expect(compare(subject(100, 0.01, 7, 1), subject(150, 0.01, 7, 2))!.verdict).toBe('undecided');
  expect(compare(subject(100, 0.01, 2, 1), subject(150, 0.01, 2, 2))).toBeUndefined();
});

test('only rounds that both were sampled in count', () => {
  const a = subject(100, 0.01, 20, 1);
  const b = { ...subject(110, 0.01, 20, 2), stepNs: 0 };
  const later = { ...b, samples: b.samples.map(({ round, ns }) => ({ round: round + 9, ns })) };
  expect(compare(a, later)!.pairs).toBe(11);
});

test('a step that slows both alike does not widen the interval', () => {
  const slowed = (seed: number) => {
    const { samples } = subject(100, 0.003, 20, seed);
    return { samples: samples.map(({ round, ns }) => ({ round, ns: round < 10 ? ns : 1.5 * ns })), stepNs: 0 };
  };
  const comparison = compare(slowed(1), slowed(2))!;
  expect(comparison.verdict).toBe('same');
  expect(comparison.pairs).toBe(20);
});

test('identical readings of a coarse clock leave the uncertainty of a step', () => {
  const constant = { samples: Array.from({ length: 10 }, (_, round) => ({ round, ns: 100 })), stepNs: 10 };
  const comparison = compare(constant, constant)!;
  expect(comparison.ci95[1]).toBeGreaterThan(1.02);
  expect(comparison.verdict).toBe('undecided');
});
