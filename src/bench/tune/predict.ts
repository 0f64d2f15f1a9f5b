/** Predicts times of what was not tried, to order a search; learned from what was. */
import type { Tunables } from '../../kernel/kernel.js';

/** Something timed: its tunables and the logarithm of its time, up to a constant shared by all. */
export interface Timed {
  readonly tunables: Tunables;
  readonly logTime: number;
}

/** From what was timed so far to a guess of log time for the rest; undefined while there is too little to learn from. */
export type Advisor = (timed: readonly Timed[]) => ((tunables: Tunables) => number) | undefined;

/** Fewer than this say nothing about four tunables. */
const leastTimed = 5;
/** Pulls effects that few points speak for towards zero; in points. */
const ridge = 0.5;
const sweeps = 20;

/**
 * log time ≈ mean + one effect per value of each tunable, fitted by backfitting with shrinkage. Needs no more points than a
 * search has after its first cohort, and is what a forest has to beat.
 */
export const additiveAdvisor: Advisor = (timed) => {
  if (timed.length < leastTimed) return undefined;
  const base = timed.reduce((sum, { logTime }) => sum + logTime, 0) / timed.length;
  const names = Object.keys(timed[0]!.tunables);
  const effects = new Map(names.map((name) => [name, new Map<number, number>()]));
  const effect = (name: string, tunables: Tunables) => effects.get(name)!.get(tunables[name]!) ?? 0;
  const predict = (tunables: Tunables) => names.reduce((sum, name) => sum + effect(name, tunables), base);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const name of names) {
      const sums = new Map<number, { total: number; count: number }>();
      for (const { tunables, logTime } of timed) {
        const residual = logTime - predict(tunables) + effect(name, tunables);
        const sum = sums.get(tunables[name]!) ?? { total: 0, count: 0 };
        sums.set(tunables[name]!, { total: sum.total + residual, count: sum.count + 1 });
      }
      effects.set(name, new Map([...sums].map(([value, { total, count }]) => [value, total / (count + ridge)])));
    }
  }
  return predict;
};
