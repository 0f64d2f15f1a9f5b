/** What a search may learn from: its own points, and those of earlier searches of the same kernel on this device. */
import type { EnergyModel } from '../bench/energy/model.js';
import { additive } from '../bench/tune/additive.js';
import type { Tuned } from '../bench/tune/contract.js';
import { forest } from '../bench/tune/forest.js';
import { bestLearner, type PredictorQuality } from '../bench/tune/hold-out.js';
import { describe, lessonsOf, seenBefore, seenIn } from '../bench/tune/learned.js';
import { type Advisor, advisorBy, type Learner } from '../bench/tune/predict.js';
import type { Winner } from '../bench/tune/winners-schema.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Shape } from '../kernel/operation.js';

/** More would make learning slower than it saves; the newest are kept. */
const mostKnown = 600;

export interface Predictor {
  readonly advisor: Advisor;
  /** On rows held out, of this search and the earlier ones together. */
  readonly quality: (tuned: Pick<Tuned, 'points'>, energy?: EnergyModel) => PredictorQuality;
}

/** @param known winners of any kernel and device; those that do not fit are passed over */
export function predictorFor(
  kernel: Kernel,
  shape: Shape,
  known: readonly Winner[],
  here: Pick<Winner, 'adapter' | 'runtime'>,
  learners: readonly Learner[] = [additive, forest],
): Predictor {
  const earlier = seenBefore(kernel, known, here).slice(-mostKnown);
  const rows = lessonsOf(kernel, earlier).time;
  const { learner } = bestLearner(learners, rows);
  const described = new Map<string, ReturnType<typeof describe>>();
  return {
    advisor: advisorBy(
      learner,
      (tunables) => {
        const key = Object.values(tunables).join();
        const found = described.get(key) ?? describe(kernel, { shape, tunables });
        described.set(key, found);
        return found;
      },
      rows,
    ),
    quality: ({ points }, model) => {
      const { time, energy } = lessonsOf(kernel, [...earlier, ...seenIn(kernel, shape, points)], model);
      const ofTime = bestLearner(learners, time).quality;
      const ofEnergy = bestLearner(learners, energy).quality;
      return {
        ...(ofTime ? { time: ofTime } : {}),
        ...(ofEnergy && model ? { energy: { ...ofEnergy, tier: model.tier, source: model.source } } : {}),
      };
    },
  };
}
