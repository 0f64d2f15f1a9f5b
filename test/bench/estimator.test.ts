/** On simulated coarse clocks: the mean is unbiased, its interval covers the truth, twins are not told apart. */
import { expect, test } from 'vitest';
import { compare } from '../../src/bench/compare.js';
import { thoroughness } from '../../src/bench/criterion.js';
import { type Measured, measure } from '../../src/bench/measure.js';
import type { Verdict } from '../../src/bench/results.js';
import { type Conditions, clocks, crowds, simulate, weathers } from './simulated.js';

const trials = 400;

/** A kernel of 73.1 µs: about one step of the clock, which a median of single dispatches could never tell. */
const kernelNs = 73_100;

interface Trial {
  readonly measured: Measured;
  /** Mean time of the first kernel over the two batches of each of its samples. */
  readonly truth: number;
}

async function trial(seed: number, conditions: Conditions, otherNs: number): Promise<Trial> {
  const device = simulate(seed, conditions);
  const measured = await measure([device.kernel('a', kernelNs), device.kernel('b', otherNs)], {
    timer: device.timer,
    criterion: thoroughness.quick,
    seed,
    host: device.host,
    baseline: 0,
  });
  return { measured, truth: kernelNs * device.meanSpeed('a', 2 * measured.measurements[0]!.samples.length) };
}

/** Figures over many runs of a kernel beside its twin; all of them shares. */
async function twins(name: string, conditions: Conditions) {
  const verdicts: Record<Verdict, number> = { faster: 0, slower: 0, same: 0, undecided: 0 };
  const sums = { bias: 0, coverage: 0, halfWidth: 0, ratioCoverage: 0, pairs: 0 };
  for (let seed = 1; seed <= trials; seed++) {
    const { measured, truth } = await trial(seed, conditions, kernelNs);
    const [a, b] = measured.measurements;
    if (a?.status !== 'ok' || b?.status !== 'ok') throw new Error(`trial ${seed} gave no time`);
    const { meanNs, ci95Ns } = a.timing;
    const { ci95, verdict, pairs } = compare(a, b)!;
    verdicts[verdict]++;
    sums.bias += meanNs / truth - 1;
    sums.halfWidth += (ci95Ns[1] - ci95Ns[0]) / 2 / meanNs;
    sums.coverage += contains(ci95Ns, truth);
    sums.ratioCoverage += contains(ci95, 1);
    sums.pairs += pairs;
  }
  const figures = {
    bias: sums.bias / trials,
    coverage: sums.coverage / trials,
    halfWidth: sums.halfWidth / trials,
    ratioCoverage: sums.ratioCoverage / trials,
    pairs: sums.pairs / trials,
    falseShare: (verdicts.faster + verdicts.slower) / trials,
  };
  const rounded = Object.entries(figures).map(([key, value]) => `${key} ${value.toFixed(4)}`);
  console.log(`${name}: ${rounded.join(', ')}, verdicts ${JSON.stringify(verdicts)}`);
  return figures;
}

function contains([lo, hi]: readonly [number, number], value: number): number {
  return lo <= value && value <= hi ? 1 : 0;
}

for (const [clock, quantumNs] of Object.entries(clocks)) {
  for (const [weather, conditions] of Object.entries(weathers)) {
    test(`clock of ${clock}, ${weather}: bias, coverage, twins`, async () => {
      const figures = await twins(`${clock}, ${weather}`, { quantumNs, ...conditions });
      expect(Math.abs(figures.bias)).toBeLessThan(0.01);
      expect(figures.coverage).toBeGreaterThanOrEqual(0.9);
      expect(figures.ratioCoverage).toBeGreaterThanOrEqual(0.9);
      expect(figures.falseShare).toBeLessThanOrEqual(0.05);
    });
  }

  for (const [crowd, conditions] of Object.entries(crowds)) {
    test(`clock of ${clock}, ${crowd} by other programs: twins`, async () => {
      const figures = await twins(`${clock}, ${crowd}`, { quantumNs, ...conditions });
      const load = (conditions.crowd!.perSecond * conditions.crowd!.ns) / 1e9;
      expect(figures.bias).toBeGreaterThan(0);
      expect(figures.bias).toBeLessThan(1.02 * load);
      expect(figures.ratioCoverage).toBeGreaterThanOrEqual(0.9);
      expect(figures.falseShare).toBeLessThanOrEqual(0.05);
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
        const { measured } = await trial(seed, { quantumNs, ...weathers[weather] }, 1.05 * kernelNs);
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
