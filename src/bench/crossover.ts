/** Finds where along a sweep two kernels change places: break-even densities, sizes from which a kernel pays. */
import type { Comparison } from './results.js';

export interface Crossing {
  /** Place on the axis where the ratio is 1. */
  readonly at: number;
  /**
   * From where to where either may be faster by the 95 % intervals of the ratios; an end is infinite where the sweep does
   * not reach it.
   */
  readonly range: readonly [lo: number, hi: number];
  /** Which of the two is faster above the crossing. */
  readonly above: 'a' | 'b';
}

interface Place {
  readonly at: number;
  readonly ratio: number;
  readonly ci95: readonly [number, number];
}

/**
 * Every crossing of one pair, in the order of the axis.
 * Between two points the logarithm of the ratio is taken as linear in the logarithm of the axis, as power laws are.
 * @param comparisons those of one pair (a, b), each with its place `at` > 0.
 */
export function findCrossings(comparisons: readonly Comparison[]): readonly Crossing[] {
  const places = comparisons
    .flatMap(({ at, ratio, ci95 }) => (at !== undefined && at > 0 && ratio > 0 ? [{ at, ratio, ci95 }] : []))
    .sort((x, y) => x.at - y.at);
  return places.slice(1).flatMap((right, i) => {
    const left = places[i]!;
    if (left.ratio >= 1 === right.ratio >= 1) return [];
    const above: Crossing['above'] = right.ratio >= 1 ? 'a' : 'b';
    const at = solve(left, right, ({ ratio }) => ratio)!;
    return [{ at, range: rangeOf(places, at, above), above }];
  });
}

/** Where the lower and the upper ends of the intervals cross 1 next to the crossing itself, on either side of it. */
function rangeOf(places: readonly Place[], at: number, above: Crossing['above']): readonly [number, number] {
  const low = crossingsOf(places, ({ ci95 }) => ci95[0]);
  const high = crossingsOf(places, ({ ci95 }) => ci95[1]);
  // Where a wins above, the upper end of its ratio rises past 1 first.
  const [before, after] = above === 'a' ? [high, low] : [low, high];
  return [Math.max(...before.filter((place) => place <= at)), Math.min(...after.filter((place) => place >= at))];
}

function crossingsOf(places: readonly Place[], value: (place: Place) => number): readonly number[] {
  return places.slice(1).flatMap((right, i) => solve(places[i]!, right, value) ?? []);
}

function solve(left: Place, right: Place, value: (place: Place) => number): number | undefined {
  const from = Math.log(Math.max(value(left), Number.MIN_VALUE));
  const to = Math.log(Math.max(value(right), Number.MIN_VALUE));
  if (from >= 0 === to >= 0) return undefined;
  const share = from / (from - to);
  return Math.exp(Math.log(left.at) + share * (Math.log(right.at) - Math.log(left.at)));
}
