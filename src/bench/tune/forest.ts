/** A random forest as a learner: sees how tunables and sizes act together, where there are rows enough to show it. */
import { RandomForestRegression } from 'ml-random-forest';
import type { Learner } from './predict.js';

const trees = 40;
/** Every tree is given all features: the library draws them once per tree, and a tree without the telling ones is lost. */
const featureShare = 1;
/** A tree splits on while a leaf holds more rows than this. */
const leafRows = 2;
const mostDepth = 14;
/** Fewer rows make trees of one leaf. */
const leastRows = 8;

/** Breiman, Random Forests, Machine Learning 45 (2001); without its draw of features per split, which the library lacks. */
export const forest: Learner = {
  name: 'random forest',
  learn(rows) {
    const targets = rows.map(({ target }) => target);
    const centre = targets.reduce((sum, value) => sum + value, 0) / rows.length;
    if (rows.length < leastRows) return () => centre;
    const model = new RandomForestRegression({
      seed: 1,
      nEstimators: trees,
      maxFeatures: featureShare,
      replacement: false,
      useSampleBagging: true,
      noOOB: true,
      selectionMethod: 'mean',
      treeOptions: { minNumSamples: leafRows, maxDepth: mostDepth },
    });
    model.train(
      rows.map(({ features }) => [...features]),
      targets,
    );
    return (features) => model.predict([[...features]])[0] ?? centre;
  },
};
