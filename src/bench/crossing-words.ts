/** Says in sentences where the kernels of a sweep change places with the baseline, or that they do not. */
import { type Crossing, findCrossings } from './crossover.js';
import { formatRatio, significant } from './format.js';
import type { Comparison } from './results.js';

/** The comparisons of one kernel with the baseline along the axis. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly comparisons: readonly Comparison[];
  readonly crossings: readonly Crossing[];
}

/** One pair per kernel. The two fastest of a point are compared as well, but which two those are changes along the axis. */
export function pairsOf(comparisons: readonly Comparison[]): readonly Pair[] {
  const baseline = comparisons[0]?.b;
  const found = new Map<string, Comparison[]>();
  for (const comparison of comparisons.filter(({ b }) => b === baseline)) {
    found.set(comparison.a, [...(found.get(comparison.a) ?? []), comparison]);
  }
  return [...found.values()].map((own) => ({
    a: own[0]!.a,
    b: own[0]!.b,
    comparisons: own,
    crossings: findCrossings(own),
  }));
}

/** How an axis is written: its name, and a place on it. */
export interface AxisWords {
  readonly name: string;
  readonly place: (at: number) => string;
}

/** One sentence per crossing; where there is none, one on how the two compare at every value. */
export function pairSentences({ a, b, comparisons, crossings }: Pair, axis: AxisWords): readonly string[] {
  if (crossings.length > 0) return crossings.map((crossing) => crossingSentence(a, b, crossing, axis));
  const ratios = comparisons.map(({ ratio }) => ratio);
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  const everywhere = (verdict: Comparison['verdict']): boolean => comparisons.every((one) => one.verdict === verdict);
  const span = (lo: number, hi: number): string =>
    comparisons.length > 1 ? `${formatRatio(lo)} to ${formatRatio(hi)}` : formatRatio(lo);
  const where =
    comparisons.length > 1 ? 'at every value compared' : `at ${axis.name} ${axis.place(comparisons[0]!.at ?? 0)}`;
  if (everywhere('faster')) return [`${a} is faster than ${b} ${where}: ${span(least, most)}.`];
  if (everywhere('slower')) return [`${b} is faster than ${a} ${where}: ${span(1 / most, 1 / least)}.`];
  return [`${a} and ${b} do not change places within the sweep; at some values neither is clearly faster.`];
}

function crossingSentence(a: string, b: string, { at, range, above }: Crossing, axis: AxisWords): string {
  const [lo, hi] = range;
  if (!Number.isFinite(lo) && !Number.isFinite(hi))
    return `${a} and ${b} cross near ${axis.name} ${axis.place(at)}, but which is faster is undecided on either side.`;
  const from = Number.isFinite(lo) ? `from ${axis.place(lo)}` : '';
  const to = Number.isFinite(hi) ? `to ${axis.place(hi)}` : '';
  const where = from && to ? `${from} ${to}` : from ? `${from} up` : `up ${to}`;
  const side = above === 'a' ? 'above' : 'below';
  return `${a} is faster than ${b} ${side} ${axis.name} ${axis.place(at)} (either may be faster ${where}).`;
}

/** The axis as it is called in the request, numbers as they are. */
export function plainAxis(name: string): AxisWords {
  return { name, place: (at) => significant(at) };
}
