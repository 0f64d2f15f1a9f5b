/** Which of several kernels takes less energy, and whether the model knows enough to say so. */
import type { RowEnergy } from '../results.js';
import { type EnergyModel, type Estimate, estimate, type Term, termsOf, type Use } from './model.js';

/**
 * The least and the most that the energy of `a` exceeds that of `b`, over every model within the ranges. Both share the same
 * coefficients, so two kernels of equal counts differ by their times alone, however wide the ranges are. The difference is
 * linear in each coefficient; its extremes lie at the ends.
 */
export function differenceRange(a: Use, b: Use, model: EnergyModel): readonly [low: number, high: number] {
  const [left, right] = [termsOf(a, model), termsOf(b, model)];
  const pairs = [...new Set([...left, ...right].map(({ name }) => name))].map(
    (name) => [left.find((term) => term.name === name), right.find((term) => term.name === name)] as const,
  );
  let [low, high] = [0, 0];
  for (const [one, other] of pairs) {
    const [least, most] = termDifference(one, other);
    low += least;
    high += most;
  }
  return [low, high];
}

function termDifference(a: Term | undefined, b: Term | undefined): readonly [number, number] {
  const [one, other] = [a?.amount ?? 0, b?.amount ?? 0];
  const [x, y] = [a?.coefficient ?? b!.coefficient, b?.coefficient ?? a!.coefficient];
  const shared = x.low === y.low && x.high === y.high;
  // Bytes at different levels have coefficients of their own.
  if (!shared) return [one * x.low - other * y.high, one * x.high - other * y.low];
  const ends = [(one - other) * x.low, (one - other) * x.high];
  return [Math.min(...ends), Math.max(...ends)];
}

export type Order = 'less' | 'more' | 'not certain';

/** Whether `a` takes less than `b`. Where a power limit cut an estimate off, only ranges that do not meet decide. */
export function orderOf(a: Use, b: Use, model: EnergyModel): Order {
  const [one, other] = [estimate(a, model), estimate(b, model)];
  if (one.clamped || other.clamped) return orderOfRanges(one, other);
  const [low, high] = differenceRange(a, b, model);
  if (high < 0) return 'less';
  return low > 0 ? 'more' : 'not certain';
}

/** The order of two estimates of which nothing but their ranges is known. */
function orderOfRanges(a: Pick<Estimate, 'lowJ' | 'highJ'>, b: Pick<Estimate, 'lowJ' | 'highJ'>): Order {
  if (a.highJ < b.lowJ) return 'less';
  return a.lowJ > b.highJ ? 'more' : 'not certain';
}

/** Estimates of several runs of the same job, each with its order against the one with the least. */
export function estimateAll(uses: readonly Use[], model: EnergyModel): readonly RowEnergy[] {
  const estimates = uses.map((use) => estimate(use, model));
  const least = estimates.reduce((best, { midJ }, i) => (midJ < estimates[best]!.midJ ? i : best), 0);
  return estimates.map(({ lowJ, midJ, highJ }, i) => {
    const { tier, source, limitWatts } = model;
    const energy: RowEnergy = { tier, source, lowJ, midJ, highJ, limitWatts: limitWatts.mid };
    if (uses.length < 2) return energy;
    if (i === least) return { ...energy, order: 'least' };
    const certain = orderOf(uses[i]!, uses[least]!, model) === 'more';
    return { ...energy, order: certain ? 'more' : 'not certain' };
  });
}
