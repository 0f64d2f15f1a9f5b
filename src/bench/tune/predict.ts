/** Predicts times of what was not tried, to order a search; learned from what was timed in this search and in earlier ones. */
import { median } from 'simple-statistics';
import type { Tunables } from '../../kernel/kernel.js';
import { seededRandom } from '../../numerics/random.js';
import { shuffled } from '../sample.js';

/** Something timed in this search. */
export interface Timed {
  readonly tunables: Tunables;
  /** Natural logarithm of its time in ns. */
  readonly logTime: number;
}

/** From what was timed so far to a guess of log time for the rest; undefined while there is too little to learn from. */
export type Advisor = (timed: readonly Timed[]) => ((tunables: Tunables) => number) | undefined;

export interface TrainingRow {
  readonly features: readonly number[];
  readonly logTime: number;
}

/** A kind of model: from rows, at least one, to a guess of log time by features. The same rows give the same model. */
export interface Learner {
  readonly name: string;
  readonly learn: (rows: readonly TrainingRow[]) => (features: readonly number[]) => number;
}

/** How well a learner predicts rows it has not seen. */
export interface Quality {
  readonly model: string;
  readonly rows: number;
  /** 1 − squared error over variance, of log time; below 0 it is worse than the mean. */
  readonly r2: number;
  /** Median of |predicted / measured − 1|. */
  readonly medianError: number;
}

/** Fewer than this say nothing about four tunables. */
const leastTimed = 5;
/** Fewer than this cannot be held out. */
const leastHeldOut = 15;
const folds = 5;

/** @param known rows of earlier searches, with the same features */
export function advisorBy(
  learner: Learner,
  featuresOf: (tunables: Tunables) => readonly number[],
  known: readonly TrainingRow[] = [],
): Advisor {
  return (timed) => {
    const own = timed.map(({ tunables, logTime }) => ({ features: featuresOf(tunables), logTime }));
    const rows = [...known, ...own];
    if (rows.length < leastTimed) return undefined;
    const model = learner.learn(rows);
    return (tunables) => model(featuresOf(tunables));
  };
}

/** Each row predicted by a model that learned from the other folds; undefined where there are too few, or all are alike. */
export function holdOut(rows: readonly TrainingRow[], learner: Learner, seed = 1): Quality | undefined {
  if (rows.length < leastHeldOut) return undefined;
  const order = shuffled(rows, seededRandom(seed));
  const errors: number[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const model = learner.learn(order.filter((_, i) => i % folds !== fold));
    for (const { features, logTime } of order.filter((_, i) => i % folds === fold)) {
      errors.push(model(features) - logTime);
    }
  }
  const centre = rows.reduce((sum, { logTime }) => sum + logTime, 0) / rows.length;
  const variation = rows.reduce((sum, { logTime }) => sum + (logTime - centre) ** 2, 0);
  if (variation === 0) return undefined;
  const r2 = 1 - errors.reduce((sum, error) => sum + error ** 2, 0) / variation;
  const medianError = median(errors.map((error) => Math.abs(Math.expm1(error))));
  return { model: learner.name, rows: rows.length, r2, medianError };
}

/** The learner with the smaller error on rows held out; the first where nothing can be said. */
export function bestLearner(learners: readonly Learner[], rows: readonly TrainingRow[]): Learner {
  const judged = learners.map((learner) => ({ learner, r2: holdOut(rows, learner)?.r2 ?? 0 }));
  return judged.reduce((best, one) => (one.r2 > best.r2 ? one : best)).learner;
}

/** Pulls effects that few rows speak for towards zero; in rows. */
const ridge = 0.5;
const sweeps = 20;

/**
 * log time ≈ mean + one effect per value of each feature, fitted by backfitting with shrinkage. Needs no more rows than a
 * search has after its first cohort, and is what a forest has to beat.
 */
export const additive: Learner = {
  name: 'additive effects',
  learn(rows) {
    const base = rows.reduce((sum, { logTime }) => sum + logTime, 0) / rows.length;
    const effects = (rows[0]?.features ?? []).map(() => new Map<number, number>());
    const predict = (features: readonly number[]) =>
      effects.reduce((sum, effect, i) => sum + (effect.get(features[i]!) ?? 0), base);
    for (let sweep = 0; sweep < sweeps; sweep++) {
      for (const [i, effect] of effects.entries()) {
        const sums = new Map<number, { total: number; count: number }>();
        for (const { features, logTime } of rows) {
          const value = features[i]!;
          const residual = logTime - predict(features) + (effect.get(value) ?? 0);
          const sum = sums.get(value) ?? { total: 0, count: 0 };
          sums.set(value, { total: sum.total + residual, count: sum.count + 1 });
        }
        for (const [value, { total, count }] of sums) effect.set(value, total / (count + ridge));
      }
    }
    return predict;
  },
};
