/** What a search may learn from: its own points, and those of earlier searches of the same kernel on this device. */
import type { Tuned } from '../bench/tune/contract.js';
import { featuresOf } from '../bench/tune/features.js';
import { forest } from '../bench/tune/forest.js';
import type { TunePoint } from '../bench/tune/points.js';
import {
  type Advisor,
  additive,
  advisorBy,
  bestLearner,
  holdOut,
  type Learner,
  type Quality,
  type TrainingRow,
} from '../bench/tune/predict.js';
import type { Winner } from '../bench/tune/winners-schema.js';
import type { Kernel, Tunables } from '../kernel/kernel.js';
import type { Shape } from '../kernel/operation.js';

/** More would make learning slower than it saves. */
const mostKnown = 200;

export interface Predictor {
  readonly advisor: Advisor;
  /** On rows held out, of this search and the earlier ones together; undefined where there are too few. */
  readonly quality: (tuned: Pick<Tuned, 'points'>) => Quality | undefined;
}

/** @param known winners of any kernel and device; those that do not fit are passed over */
export function predictorFor(
  kernel: Kernel,
  shape: Shape,
  known: readonly Winner[],
  here: Pick<Winner, 'adapter' | 'runtime'>,
  learners: readonly Learner[] = [additive, forest],
): Predictor {
  const earlier = known
    .filter(
      ({ kernel: id, runtime, adapter }) =>
        id === kernel.id &&
        runtime === here.runtime &&
        adapter.description === here.adapter.description &&
        adapter.architecture === here.adapter.architecture,
    )
    .flatMap(({ shape: at, points = [] }) => rowsOf(kernel, at, points))
    .slice(-mostKnown);
  const learner = bestLearner(learners, earlier);
  return {
    advisor: advisorBy(learner, (tunables) => featuresOf(kernel, { shape, tunables }).values, earlier),
    quality: ({ points }) => {
      const rows = [...earlier, ...rowsOf(kernel, shape, points)];
      return holdOut(rows, bestLearner(learners, rows));
    },
  };
}

/** Times by the ratio to the default, which a slower or faster moment of the device leaves alone, unlike plain means. */
function rowsOf(kernel: Kernel, shape: Shape, points: readonly TunePoint[]): readonly TrainingRow[] {
  const names = Object.keys(kernel.tunables).join();
  const referenceNs = points.find(({ ratio }) => ratio === 1)?.ns;
  if (referenceNs === undefined || !(referenceNs > 0)) return [];
  return points.flatMap(({ tunables, ratio = 0 }) =>
    ratio > 0 && Object.keys(tunables).join() === names ? [rowOf(kernel, shape, tunables, referenceNs / ratio)] : [],
  );
}

function rowOf(kernel: Kernel, shape: Shape, tunables: Tunables, ns: number): TrainingRow {
  return { features: featuresOf(kernel, { shape, tunables }).values, logTime: Math.log(ns) };
}
