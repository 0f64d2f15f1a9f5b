/** Says which of two subjects is faster, from samples paired by round. */
import { mean, median } from 'simple-statistics';
import type { Verdict } from './results.js';
import type { Sample } from './sample.js';
import { halfWidth, type Interval, wideningFor, withinFences } from './statistics.js';

/** Two kernels whose times differ by no more than this share count as the same. */
const equivalenceBand = 0.02;

/** Fewer pairs than this decide nothing. */
export const leastPairs = 8;

export interface Compared {
  readonly samples: readonly Sample[];
  /** What one step of the clock is worth in ns per dispatch. */
  readonly stepNs: number;
}

export interface PairedComparison {
  /** Mean time of b over mean time of a, in the rounds both were sampled: above 1, a is faster. */
  readonly ratio: number;
  readonly ci95: Interval;
  /** What `faster` and `slower` are decided by. */
  readonly ci99: Interval;
  /** About a against b. */
  readonly verdict: Verdict;
  readonly pairs: number;
}

/**
 * Ratio of the means with Student's interval for its logarithm, by the delta method on pairs: the spread of
 * bᵢ / mean(b) − aᵢ / mean(a). What both samples of a round have in common (a lower clock, another program) cancels in
 * it; a single sample may be negative, as on a coarse clock it can be; and unlike a mean of ratios it is not biased by
 * noise in the denominator.
 *
 * - `same`: the 95 % interval lies within ±2 %, even where it excludes 1.
 * - `faster`, `slower`: the 99 % interval excludes 1. 99 rather than 95, because a table makes many comparisons.
 * - `undecided`: everything else, and fewer than eight pairs.
 *
 * Undefined where there are fewer than three pairs, or a mean is not positive.
 */
export function compare(a: Compared, b: Compared): PairedComparison | undefined {
  const all = pairUp(a.samples, b.samples);
  if (all.length < 3) return undefined;
  const pairs = withoutFarOut(all, a.stepNs, b.stepNs);
  const meanA = mean(pairs.map((pair) => pair.a));
  const meanB = mean(pairs.map((pair) => pair.b));
  if (!(meanA > 0 && meanB > 0)) return undefined;
  const difference = (pair: Pair) => pair.b / meanB - pair.a / meanA;
  const differences = pairs.map(difference);
  const wider = wideningFor(all.map(difference), differences);
  const step = Math.hypot(a.stepNs / meanA, b.stepNs / meanB);
  const ratio = meanB / meanA;
  const ci95 = around(ratio, wider * halfWidth(differences, 0.95, step));
  const ci99 = around(ratio, wider * halfWidth(differences, 0.99, step));
  return { ratio, ci95, ci99, verdict: judge(ci95, ci99, pairs.length), pairs: pairs.length };
}

interface Pair {
  readonly a: number;
  readonly b: number;
}

function pairUp(a: readonly Sample[], b: readonly Sample[]): readonly Pair[] {
  const byRound = new Map(b.map((sample) => [sample.round, sample.ns]));
  return a.flatMap(({ round, ns }) => {
    const other = byRound.get(round);
    return other === undefined ? [] : [{ a: ns, b: other }];
  });
}

/** Fences stand around the differences, not the samples: a step that hits both alike leaves no outlier. */
function withoutFarOut(pairs: readonly Pair[], stepA: number, stepB: number): readonly Pair[] {
  const middleA = median(pairs.map((pair) => pair.a));
  const middleB = median(pairs.map((pair) => pair.b));
  if (!(middleA > 0 && middleB > 0)) return pairs;
  const differences = pairs.map((pair) => pair.b / middleB - pair.a / middleA);
  const margin = 2 * (stepA / middleA + stepB / middleB);
  return withinFences(differences, margin).map((i) => pairs[i]!);
}

function around(ratio: number, halfWidthOfLog: number): Interval {
  return [ratio * Math.exp(-halfWidthOfLog), ratio * Math.exp(halfWidthOfLog)];
}

function judge(ci95: Interval, ci99: Interval, pairs: number): Verdict {
  if (pairs < leastPairs) return 'undecided';
  if (ci95[0] >= 1 / (1 + equivalenceBand) && ci95[1] <= 1 + equivalenceBand) return 'same';
  if (ci99[0] > 1) return 'faster';
  if (ci99[1] < 1) return 'slower';
  return 'undecided';
}
