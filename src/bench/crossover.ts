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
 * Where one pair changes places, in the order of the axis.
 * Between two points the logarithm of the ratio is taken as linear in the logarithm of the axis, as power laws are. Ratios
 * that go to and fro where neither kernel is clearly faster are noise: between two points that are decided, or beyond the last
 * of them, an odd number of crossings counts as the middle one, and an even number as none.
 * @param comparisons those of one pair (a, b), each with its place `at` > 0.
 */
export function findCrossings(comparisons: readonly Comparison[]): readonly Crossing[] {
  const places = comparisons
    .flatMap(({ at, ratio, ci95 }) => (at !== undefined && at > 0 && ratio > 0 ? [{ at, ratio, ci95 }] : []))
    .sort((x, y) => x.at - y.at);
  return betweenDecided(places).flatMap((stretch) => {
    const found = crossingsOf(stretch, ({ ratio }) => ratio);
    if (found.length % 2 === 0) return [];
    const above: Crossing['above'] = stretch.at(-1)!.ratio >= 1 ? 'a' : 'b';
    const [lo] = rangeOf(places, found[0]!, above);
    const [, hi] = rangeOf(places, found.at(-1)!, above);
    return [{ at: found[(found.length - 1) / 2]!, range: [lo, hi] as const, above }];
  });
}

/** The places from one at which it is clear which kernel is faster to the next such, both included. */
function betweenDecided(places: readonly Place[]): readonly (readonly Place[])[] {
  const ends = places.flatMap(({ ci95: [lo, hi] }, i) => (lo > 1 || hi < 1 ? [i] : []));
  const cuts = [...new Set([0, ...ends, places.length - 1])];
  return cuts.slice(1).map((end, i) => places.slice(cuts[i], end + 1));
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
