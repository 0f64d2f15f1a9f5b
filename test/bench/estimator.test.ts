/** On simulated coarse clocks: the mean is unbiased, its interval covers the truth, twins are not told apart. */
import { expect, test } from 'vitest';
import { compare } from '../../src/bench/compare.js';
import { thoroughness } from '../../src/bench/criterion.js';
import { type Measured, measure } from '../../src/bench/measure.js';
import type { Verdict } from '../../src/bench/results.js';
import { clocks, simulate, weathers } from './simulated.js';

const trials = 400;

/** A kernel of 73.1 µs: about one step of the clock, which a median of single dispatches could never tell. */
const kernelNs = 73_100;

interface Trial {
  readonly measured: Measured;
  /** Mean time of the first kernel over the two batches of each of its samples. */
  readonly truth: number;
}

async function trial(seed: number, quantumNs: number, weather: string, otherNs: number): Promise<Trial> {
  const device = simulate(seed, { quantumNs, ...weathers[weather]! });
  const measured = await measure([device.kernel('a', kernelNs), device.kernel('b', otherNs)], {
    timer: device.timer,
    criterion: thoroughness.quick,
    seed,
    host: device.host,
    baseline: 0,
  });
  return { measured, truth: kernelNs * device.meanSpeed('a', 2 * measured.measurements[0]!.samples.length) };
}

for (const [clock, quantumNs] of Object.entries(clocks)) {
  for (const weather of Object.keys(weathers)) {
    test(`clock of ${clock}, ${weather}: bias, coverage, twins`, async () => {
      const verdicts: Record<Verdict, number> = { faster: 0, slower: 0, same: 0, undecided: 0 };
      const errors: number[] = [];
      let covered = 0;
      let ratioCovered = 0;
      let pairs = 0;
      let width = 0;
      for (let seed = 1; seed <= trials; seed++) {
        const { measured, truth } = await trial(seed, quantumNs, weather, kernelNs);
        const [a, b] = measured.measurements;
        if (a?.status !== 'ok' || b?.status !== 'ok') throw new Error(`trial ${seed} gave no time`);
        const [lo, hi] = a.timing.ci95Ns;
        errors.push(a.timing.meanNs / truth - 1);
        width += (hi - lo) / 2 / a.timing.meanNs / trials;
        if (lo <= truth && truth <= hi) covered++;
        const comparison = compare(a, b)!;
        verdicts[comparison.verdict]++;
        pairs += comparison.pairs / trials;
        if (comparison.ci95[0] <= 1 && comparison.ci95[1] >= 1) ratioCovered++;
      }
      const bias = errors.reduce((sum, error) => sum + error, 0) / trials;
      console.log(
        `${clock}, ${weather}: bias ${(100 * bias).toFixed(3)} %, coverage ${covered / trials}, half width ${(100 * width).toFixed(2)} %, ` +
          `twins ${JSON.stringify(verdicts)}, ratio coverage ${ratioCovered / trials}, mean pairs ${pairs.toFixed(1)}`,
      );
      expect(Math.abs(bias)).toBeLessThan(0.01);
      expect(covered / trials).toBeGreaterThanOrEqual(0.9);
      expect(ratioCovered / trials).toBeGreaterThanOrEqual(0.9);
      expect((verdicts.faster + verdicts.slower) / trials).toBeLessThanOrEqual(0.05);
    });
  }
}

for (const [clock, quantumNs] of Object.entries(clocks)) {
  for (const weather of ['calm', 'noisy', 'interrupted']) {
    test(`clock of ${clock}, ${weather}: a kernel 5 % slower is found`, async () => {
      let found = 0;
      let wrong = 0;
      const runs = 100;
      for (let seed = 1; seed <= runs; seed++) {
        const { measured } = await trial(seed, quantumNs, weather, 1.05 * kernelNs);
        const verdict = compare(measured.measurements[0]!, measured.measurements[1]!)!.verdict;
        if (verdict === 'faster') found++;
        if (verdict === 'slower' || verdict === 'same') wrong++;
      }
      console.log(`${clock}, ${weather}: 5 % found in ${found} of ${runs}, wrong in ${wrong}`);
      expect(found / runs).toBeGreaterThan(0.8);
      expect(wrong / runs).toBeLessThanOrEqual(0.01);
    });
  }
}

test('slow kernels, few samples: a software adapter where one dispatch lasts 0.3 s', async () => {
  const slowNs = 300e6;
  let covered = 0;
  let wrong = 0;
  let samples = 0;
  for (let seed = 1; seed <= trials; seed++) {
    const device = simulate(seed, { quantumNs: 1, noise: 0.04, correlation: 0.3 });
    const { measurements } = await measure([device.kernel('a', slowNs), device.kernel('b', slowNs)], {
      timer: device.timer,
      criterion: thoroughness.quick,
      seed,
      host: device.host,
      baseline: 0,
    });
    const [a, b] = measurements;
    if (a?.status !== 'ok' || b?.status !== 'ok') throw new Error(`trial ${seed} gave no time`);
    samples += a.timing.samples / trials;
    if (a.timing.ci95Ns[0] <= slowNs && slowNs <= a.timing.ci95Ns[1]) covered++;
    const { verdict } = compare(a, b)!;
    if (verdict === 'faster' || verdict === 'slower') wrong++;
  }
  console.log(`slow: coverage ${covered / trials}, wrong ${wrong} of ${trials}, mean samples ${samples.toFixed(1)}`);
  expect(covered / trials).toBeGreaterThanOrEqual(0.9);
  expect(wrong / trials).toBeLessThanOrEqual(0.05);
});
