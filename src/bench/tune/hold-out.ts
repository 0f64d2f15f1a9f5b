/** How well a learner predicts what it has not seen: rows held out at random, or a whole shape at a time. */
import { median } from 'simple-statistics';
import { seededRandom } from '../../numerics/random.js';
import type { EnergyModel } from '../energy/model.js';
import { shuffled } from '../sample.js';
import { type Learner, learnFrom, type TrainingRow } from './predict.js';

export interface Quality {
  readonly model: string;
  readonly rows: number;
  /** `points`: of shapes that were learned from. `shapes`: each shape predicted from the others, as an untried one is. */
  readonly heldOut: 'points' | 'shapes';
  /** 1 − squared error over variance, of the logarithm per operation; below 0 it is worse than the mean. */
  readonly r2: number;
  /** Median of |predicted / seen − 1|. */
  readonly medianError: number;
}

/** Of time, and of joules where there is an energy model; each absent where there is too little to hold out. */
export interface PredictorQuality {
  readonly time?: Quality;
  /** Against what the energy model makes of measured times, not against a meter. */
  readonly energy?: Quality & Pick<EnergyModel, 'tier' | 'source'>;
}

/** Fewer than this cannot be held out. */
const leastHeldOut = 15;
const folds = 5;

export type Judge = (rows: readonly TrainingRow[], learner: Learner) => Quality | undefined;

/** Each row predicted by a model that learned from the other folds; undefined where there are too few, or all are alike. */
export const holdOut: Judge = (rows, learner) => {
  if (rows.length < leastHeldOut) return undefined;
  const order = shuffled(rows, seededRandom(1));
  const parts = Array.from({ length: folds }, (_, fold) => order.filter((_, i) => i % folds === fold));
  return judge(learner, parts, 'points');
};

/** Each shape predicted by a model that learned from the other shapes; undefined where there is but one. */
export const holdOutShapes: Judge = (rows, learner) => {
  const groups = new Map<string, TrainingRow[]>();
  for (const row of rows) {
    const own = groups.get(row.group ?? '') ?? [];
    groups.set(row.group ?? '', own);
    own.push(row);
  }
  if (groups.size < 2 || rows.length < leastHeldOut) return undefined;
  return judge(learner, [...groups.values()], 'shapes');
};

function judge(
  learner: Learner,
  parts: readonly (readonly TrainingRow[])[],
  heldOut: Quality['heldOut'],
): Quality | undefined {
  const rows = parts.flat();
  const errors = parts.flatMap((part) => {
    const model = learnFrom(learner, parts.filter((other) => other !== part).flat());
    return part.map((row) => model(row) - row.target);
  });
  const rest = rows.map(({ target, base = 0 }) => target - base);
  const centre = rest.reduce((sum, value) => sum + value, 0) / rest.length;
  const variation = rest.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  if (variation === 0) return undefined;
  const r2 = 1 - errors.reduce((sum, error) => sum + error ** 2, 0) / variation;
  const medianError = median(errors.map((error) => Math.abs(Math.expm1(error))));
  return { model: learner.name, rows: rows.length, heldOut, r2, medianError };
}

export interface Judged {
  readonly learner: Learner;
  /** Undefined where nothing can be said. */
  readonly quality: Quality | undefined;
}

/** The learner with the smaller error on rows held out; the first where nothing can be said. */
export function bestLearner(learners: readonly Learner[], rows: readonly TrainingRow[], by: Judge = holdOut): Judged {
  const judged = learners.map((learner) => ({ learner, quality: by(rows, learner) }));
  return judged.reduce((best, one) => ((one.quality?.r2 ?? 0) > (best.quality?.r2 ?? 0) ? one : best));
}
