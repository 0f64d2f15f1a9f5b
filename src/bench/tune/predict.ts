/** What a predictor learns from, how a model is fitted to it, and how a search asks. */
import type { Tunables } from '../../kernel/kernel.js';
import { additive } from './additive.js';

/** A variant in numbers. */
export interface Described {
  readonly features: readonly number[];
  /** Natural logarithm of its work, which is known: what is learned is time or joules per operation. 0 where left out. */
  readonly base?: number;
}

export interface TrainingRow extends Described {
  /** Natural logarithm of what is predicted: ns, or joules. */
  readonly target: number;
  /** The shape it was seen at: rows of one shape can be held out together. */
  readonly group?: string;
}

/** A kind of model: from rows, at least one, to a guess of the target by features. The same rows give the same model. */
export interface Learner {
  readonly name: string;
  readonly learn: (
    rows: readonly Pick<TrainingRow, 'features' | 'target'>[],
  ) => (features: readonly number[]) => number;
}

/** A guess of the target, the work included. */
export type Model = (variant: Described) => number;

/** Learns what the work does not explain. Features that never vary tell nothing and only cost time, so they are left out. */
export function learnFrom(learner: Learner, rows: readonly TrainingRow[]): Model {
  const [first] = rows;
  const telling = (first?.features ?? []).flatMap((value, i) =>
    rows.some(({ features }) => features[i] !== value) ? [i] : [],
  );
  const pick = (features: readonly number[]) => telling.map((i) => features[i]!);
  const rest = rows.map(({ features, target, base = 0 }) => ({ features: pick(features), target: target - base }));
  const centre = rest.reduce((sum, { target }) => sum + target, 0) / rest.length;
  const guess = telling.length === 0 ? () => centre : learner.learn(rest);
  return ({ features, base = 0 }) => base + guess(pick(features));
}

/** Something timed in this search. */
export interface Timed {
  readonly tunables: Tunables;
  /** Natural logarithm of its time in ns. */
  readonly logTime: number;
}

/** From what was timed so far to a guess of log time for the rest; undefined while there is too little to learn from. */
export type Advisor = (timed: readonly Timed[]) => ((tunables: Tunables) => number) | undefined;

/** Fewer than this say nothing about four tunables. */
export const leastLearned = 5;

/**
 * What earlier searches taught is learned once, before the search; what this one finds corrects it by separate effects.
 * Learning everything anew after each cohort would cost a forest's time out of the search's own.
 * @param known rows of earlier searches, with the same features; learned by `learner`, as are those of this search where
 * there are none.
 */
export function advisorBy(
  learner: Learner,
  describe: (tunables: Tunables) => Described,
  known: readonly TrainingRow[] = [],
): Advisor {
  const before = known.length < leastLearned ? undefined : learnFrom(learner, known);
  return (timed) => {
    const own = timed.map(({ tunables, logTime }) => ({ ...describe(tunables), target: logTime }));
    if (own.length < leastLearned) return before && ((tunables) => before(describe(tunables)));
    if (!before) {
      const model = learnFrom(learner, own);
      return (tunables) => model(describe(tunables));
    }
    const missed = own.map((row) => ({ features: row.features, target: row.target - before(row) }));
    const correction = learnFrom(additive, missed);
    return (tunables) => {
      const described = describe(tunables);
      return before(described) + correction({ features: described.features });
    };
  };
}
