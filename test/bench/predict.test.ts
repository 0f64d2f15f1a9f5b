/** Predictors on functions that are known: what they learn, what they cannot, and what is said about it. */
import { describe, expect, it } from 'vitest';
import { forest } from '../../src/bench/tune/forest.js';
import {
  additive,
  advisorBy,
  bestLearner,
  holdOut,
  type Learner,
  type TrainingRow,
} from '../../src/bench/tune/predict.js';
import { seededRandom } from '../../src/numerics/random.js';

/** log2 sizes on a grid, as tunables are. */
function rowsOf(count: number, logTime: (features: readonly number[]) => number, noise = 0.02): TrainingRow[] {
  const random = seededRandom(5);
  return Array.from({ length: count }, () => {
    const features = [2, 4, 4, 3].map((values) => 2 + random.below(values));
    return { features, logTime: logTime(features) + noise * random.normal() };
  });
}

const separate = ([a = 0, b = 0, c = 0]: readonly number[]) => 14 + 0.3 * a - 0.2 * b + 0.1 * (c - 3) ** 2;
const tangled = ([a = 0, b = 0]: readonly number[]) => 14 + (a === 2 ? 0.5 : -0.5) * (b - 3.5);

describe('additive effects', () => {
  it('learn effects that add up, of any form, from few rows', () => {
    const model = additive.learn(rowsOf(30, separate));
    for (const { features } of rowsOf(50, separate)) {
      expect(Math.abs(model(features) - separate(features))).toBeLessThan(0.12);
    }
  });

  it('give the mean where there is one row', () => {
    expect(additive.learn([{ features: [1, 2], logTime: 7 }])([3, 4])).toBe(7);
  });
});

describe('random forest', () => {
  it('learns what does not add up, and better with more rows', () => {
    const few = holdOut(rowsOf(40, tangled), forest)!;
    const many = holdOut(rowsOf(200, tangled), forest)!;
    expect(many.r2).toBeGreaterThan(0.9);
    expect(many.r2).toBeGreaterThan(few.r2);
    expect(many.medianError).toBeLessThan(0.1);
    expect(bestLearner([additive, forest], rowsOf(200, tangled))).toBe(forest);
    expect(bestLearner([additive, forest], rowsOf(40, separate))).toBe(additive);
  });

  it('is the same for the same rows, and the mean of very few', () => {
    const [one, two] = [1, 2].map(() => forest.learn(rowsOf(50, tangled)));
    for (const { features } of rowsOf(20, tangled)) expect(one!(features)).toBe(two!(features));
    const mean = forest.learn([
      { features: [1], logTime: 1 },
      { features: [2], logTime: 3 },
    ]);
    expect(mean([9])).toBe(2);
  });
});

describe('rows held out', () => {
  it('tell a good model from a useless one', () => {
    const good = holdOut(rowsOf(60, separate), additive)!;
    expect(good).toMatchObject({ model: 'additive effects', rows: 60 });
    expect(good.r2).toBeGreaterThan(0.9);
    expect(good.medianError).toBeLessThan(0.08);
    const noise = seededRandom(9);
    expect(
      holdOut(
        rowsOf(60, () => noise.normal()),
        additive,
      )!.r2,
    ).toBeLessThan(0.2);
    expect(holdOut(rowsOf(60, tangled), additive)!.r2).toBeLessThan(0.3);
  });

  it('say nothing of few rows, or of rows that are all alike', () => {
    expect(holdOut(rowsOf(14, separate), additive)).toBeUndefined();
    expect(
      holdOut(
        rowsOf(40, () => 1, 0),
        additive,
      ),
    ).toBeUndefined();
  });

  it('choose the better learner', () => {
    const useless: Learner = { name: 'none', learn: () => () => 0 };
    expect(bestLearner([useless, additive], rowsOf(60, separate))).toBe(additive);
    expect(bestLearner([useless, additive], [])).toBe(useless);
  });
});

describe('advice', () => {
  it('waits for enough rows, and ranks untried tunables by them', () => {
    const advisor = advisorBy(additive, ({ a = 0, b = 0 }) => [a, b]);
    const timed = [1, 2, 4, 8].flatMap((a) => [1, 2].map((b) => ({ tunables: { a, b }, logTime: a - b })));
    expect(advisor(timed.slice(0, 4))).toBeUndefined();
    const predict = advisor(timed.slice(0, 7))!;
    expect(predict({ a: 8, b: 2 })).toBeGreaterThan(predict({ a: 1, b: 2 }));
  });

  it('comes from earlier rows before anything is timed', () => {
    const known = [1, 2, 3, 4, 5].map((a) => ({ features: [a], logTime: -a }));
    const predict = advisorBy(additive, ({ a = 0 }) => [a], known)([])!;
    expect(predict({ a: 5 })).toBeLessThan(predict({ a: 1 }));
  });
});
