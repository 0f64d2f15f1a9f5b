/** A random forest as a learner: sees how tunables and sizes act together, where there are rows enough to show it. */
import { RandomForestRegression } from 'ml-random-forest';
import { seededRandom } from '../../numerics/random.js';
import { shuffled } from '../sample.js';
import type { Learner, TrainingRow } from './predict.js';

const trees = 40;
/** Every tree is given all features: the library draws them once per tree, and a tree without the telling ones is lost. */
const featureShare = 1;
/** A tree splits on while a leaf holds more rows than this. */
const leafRows = 2;
const mostDepth = 14;
/** Fewer rows make trees of one leaf. */
const leastRows = 8;
/** A tree takes time by the square of its rows: where there are more, groups of trees learn from draws of so many each. */
const mostRows = 128;
const groups = 10;

type Rows = readonly Pick<TrainingRow, 'features' | 'target'>[];

/**
 * Breiman, Random Forests, Machine Learning 45 (2001), without its draw of features per split, which the library lacks; on
 * many rows with draws without replacement, as in Bühlmann and Yu, Analyzing Bagging, Annals of Statistics 30 (2002).
 */
export const forest: Learner = {
  name: 'random forest',
  learn(rows) {
    const centre = rows.reduce((sum, { target }) => sum + target, 0) / rows.length;
    if (rows.length < leastRows) return () => centre;
    const grown =
      rows.length <= mostRows
        ? [grow(rows, trees, 1)]
        : Array.from({ length: groups }, (_, group) =>
            grow(shuffled(rows, seededRandom(group + 1)).slice(0, mostRows), trees / groups, group + 1),
          );
    return (features) => {
      const guesses = grown.map((model) => model.predict([[...features]])[0] ?? centre);
      return guesses.reduce((sum, guess) => sum + guess, 0) / guesses.length;
    };
  },
};

function grow(rows: Rows, count: number, seed: number): RandomForestRegression {
  const model = new RandomForestRegression({
    seed,
    nEstimators: count,
    maxFeatures: featureShare,
    replacement: false,
    useSampleBagging: true,
    noOOB: true,
    selectionMethod: 'mean',
    treeOptions: { minNumSamples: leafRows, maxDepth: mostDepth },
  });
  model.train(
    rows.map(({ features }) => [...features]),
    rows.map(({ target }) => target),
  );
  return model;
}
