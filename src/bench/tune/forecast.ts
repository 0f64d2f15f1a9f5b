/** What stored searches let expect of a shape that was not run: time and joules of its variants, and how far off that may be. */
import type { Kernel, Tunables } from '../../kernel/kernel.js';
import type { Shape } from '../../kernel/operation.js';
import { defaultTunables } from '../../kernel/tunables.js';
import type { EnergyModel } from '../energy/model.js';
import { additive } from './additive.js';
import { forest } from './forest.js';
import { bestLearner, holdOut, holdOutShapes, type Judge, type PredictorQuality } from './hold-out.js';
import { describe, groupOf, type Joules, joulesOf, lessonsOf, type Seen } from './learned.js';
import { keyOf } from './points.js';
import { type Learner, learnFrom, leastLearned, type TrainingRow } from './predict.js';

export interface Expected {
  readonly tunables: Tunables;
  readonly ns: number;
  /** Absent without an energy model. The range is the energy model's; the error of predicting comes on top. */
  readonly joules?: Joules;
}

export interface Forecast {
  readonly kernel: string;
  readonly shape: Shape;
  /** Points learned from, and the shapes they are of. */
  readonly points: number;
  readonly shapes: readonly Shape[];
  /** How many combinations of tunables they are of; where it is one, nothing tells it from others. */
  readonly combinations: number;
  /** Whether the shape is one of them. */
  readonly isSeen: boolean;
  readonly default: Expected;
  /** The few that should be fastest, best first; none where nothing tells them apart. */
  readonly best: readonly Expected[];
  readonly quality: PredictorQuality;
}

export type ForecastOutcome = { readonly forecast: Forecast } | { readonly refusal: string };

export interface Question {
  readonly kernel: Kernel;
  readonly shape: Shape;
  /** Tunables that kernel and device allow at this shape. */
  readonly candidates: readonly Tunables[];
  readonly seen: readonly Seen[];
  readonly energy?: EnergyModel | undefined;
}

const shownBest = 5;
/** Learning takes longer with each; the newest are kept. */
const mostSeen = 2000;
const learners: readonly Learner[] = [additive, forest];

export function forecast({ kernel, shape, candidates, seen: all, energy }: Question): ForecastOutcome {
  const seen = all.slice(-mostSeen);
  if (seen.length < leastLearned) {
    const many = seen.length === 0 ? 'nothing' : `only ${seen.length} timed points`;
    return {
      refusal: `There is ${many} to predict ${kernel.id} from on this device: tune it at one shape first, better at several.`,
    };
  }
  const shapes = new Map(seen.map((one) => [groupOf(one.shape), one.shape]));
  const isSeen = shapes.has(groupOf(shape));
  // The error that is shown is of the kind that is asked for: of another shape, where there are shapes to tell it by.
  const judge: Judge = isSeen || shapes.size < 2 ? holdOut : holdOutShapes;
  const lessons = lessonsOf(kernel, seen, energy);
  const time = learn(lessons.time, judge);
  const joules = energy && lessons.energy.length >= leastLearned ? learn(lessons.energy, judge) : undefined;
  const expect = (tunables: Tunables): Expected => {
    const variant = { shape, tunables };
    const described = describe(kernel, variant);
    const ns = Math.exp(time.model(described));
    if (!joules || !energy) return { tunables, ns };
    return { tunables, ns, joules: around(Math.exp(joules.model(described)), joulesOf(kernel, variant, ns, energy)) };
  };
  const usual = defaultTunables(kernel);
  const combinations = new Set(seen.map(({ tunables }) => keyOf(tunables))).size;
  const expected = candidates.map(expect).sort((a, b) => a.ns - b.ns);
  return {
    forecast: {
      kernel: kernel.id,
      shape,
      points: seen.length,
      shapes: [...shapes.values()],
      combinations,
      isSeen,
      default: expected.find(({ tunables }) => keyOf(tunables) === keyOf(usual)) ?? expect(usual),
      best: combinations > 1 ? expected.slice(0, shownBest) : [],
      quality: {
        ...(time.quality ? { time: time.quality } : {}),
        ...(joules?.quality && energy
          ? { energy: { ...joules.quality, tier: energy.tier, source: energy.source } }
          : {}),
      },
    },
  };
}

function learn(rows: readonly TrainingRow[], judge: Judge) {
  const { learner, quality } = bestLearner(learners, rows, judge);
  return { model: learnFrom(learner, rows), quality };
}

/** As wide as the energy model's own range, by ratio. */
function around(midJ: number, { lowJ, midJ: ownJ, highJ }: Joules): Joules {
  return { lowJ: (midJ * lowJ) / ownJ, midJ, highJ: (midJ * highJ) / ownJ };
}
