/** Predictors on functions that are known: what they learn, what they cannot, and what is said about it. */
import { describe, expect, it } from 'vitest';
import { additive } from '../../src/bench/tune/additive.js';
import { forest } from '../../src/bench/tune/forest.js';
import { bestLearner, holdOut, holdOutShapes } from '../../src/bench/tune/hold-out.js';
import { advisorBy, type Learner, learnFrom, type TrainingRow } from '../../src/bench/tune/predict.js';
import { seededRandom } from '../../src/numerics/random.js';

/** log2 sizes on a grid, as tunables are. */
function rowsOf(count: number, target: (features: readonly number[]) => number, noise = 0.02): TrainingRow[] {
  const random = seededRandom(5);
  return Array.from({ length: count }, () => {
    const features = [2, 4, 4, 3].map((values) => 2 + random.below(values));
    return { features, target: target(features) + noise * random.normal() };
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

  it('lie on a line between values seen, and stay at the end beyond them', () => {
    const model = additive.learn(
      [1, 3, 7].flatMap((x) => Array.from({ length: 20 }, () => ({ features: [x], target: x }))),
    );
    expect(model([2])).toBeCloseTo((model([1]) + model([3])) / 2, 12);
    expect(model([4])).toBeCloseTo(0.75 * model([3]) + 0.25 * model([7]), 12);
    expect([model([0]), model([9])]).toEqual([model([1]), model([7])]);
  });

  it('give the mean where there is one row', () => {
    expect(additive.learn([{ features: [1, 2], target: 7 }])([3, 4])).toBe(7);
  });
});

describe('random forest', () => {
  it('learns what does not add up, and better with more rows', () => {
    const few = holdOut(rowsOf(40, tangled), forest)!;
    const many = holdOut(rowsOf(200, tangled), forest)!;
    expect(many.r2).toBeGreaterThan(0.9);
    expect(many.r2).toBeGreaterThan(few.r2);
    expect(many.medianError).toBeLessThan(0.1);
    expect(bestLearner([additive, forest], rowsOf(200, tangled)).learner).toBe(forest);
    expect(bestLearner([additive, forest], rowsOf(40, separate)).learner).toBe(additive);
  });

  it('is the same for the same rows, and the mean of very few', () => {
    const [one, two] = [1, 2].map(() => forest.learn(rowsOf(50, tangled)));
    for (const { features } of rowsOf(20, tangled)) expect(one!(features)).toBe(two!(features));
    const mean = forest.learn([
      { features: [1], target: 1 },
      { features: [2], target: 3 },
    ]);
    expect(mean([9])).toBe(2);
  });
});

describe('a fit', () => {
  it('learns what the work does not explain, and looks at features that vary only', () => {
    const rows = [1, 2, 4, 8].map((size) => ({
      features: [5, size, 7],
      base: 3 * Math.log(size),
      target: 3 * Math.log(size) + 2,
    }));
    const seen: (readonly number[])[] = [];
    const spy: Learner = {
      name: 'spy',
      learn: (given) => {
        seen.push(...given.map(({ features }) => features));
        return additive.learn(given);
      },
    };
    const model = learnFrom(spy, rows);
    expect(seen).toEqual([[1], [2], [4], [8]]);
    expect(model({ features: [5, 100, 7], base: 3 * Math.log(100) })).toBeCloseTo(3 * Math.log(100) + 2, 12);
  });

  it('of rows without anything that varies is their mean', () => {
    expect(
      learnFrom(
        forest,
        [1, 2, 3].map((target) => ({ features: [1], target })),
      )({ features: [9] }),
    ).toBe(2);
  });
});

describe('rows held out', () => {
  it('tell a good model from a useless one', () => {
    const good = holdOut(rowsOf(60, separate), additive)!;
    expect(good).toMatchObject({ model: 'additive effects', rows: 60, heldOut: 'points' });
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

  it('show that shapes not seen are harder than points not seen', () => {
    // Each shape has a level of its own that nothing tells beforehand.
    const level = seededRandom(3);
    const rows = Array.from({ length: 6 }, (_, shape) => {
      const own = level.normal();
      return rowsOf(20, (features) => separate(features) + own).map(({ features, target }) => ({
        features: [...features, shape],
        target,
        group: String(shape),
      }));
    }).flat();
    const points = holdOut(rows, additive)!;
    const shapes = holdOutShapes(rows, additive)!;
    expect(shapes.heldOut).toBe('shapes');
    expect(points.medianError).toBeLessThan(0.1);
    expect(shapes.medianError).toBeGreaterThan(2 * points.medianError);
    expect(holdOutShapes(rows.slice(0, 20), additive)).toBeUndefined();
  });

  it('choose the better learner', () => {
    const useless: Learner = { name: 'none', learn: () => () => 0 };
    expect(bestLearner([useless, additive], rowsOf(60, separate)).learner).toBe(additive);
    expect(bestLearner([useless, additive], [])).toEqual({ learner: useless, quality: undefined });
  });
});

describe('advice', () => {
  it('waits for enough rows, and ranks untried tunables by them', () => {
    const advisor = advisorBy(additive, ({ a = 0, b = 0 }) => ({ features: [a, b] }));
    const timed = [1, 2, 4, 8].flatMap((a) => [1, 2].map((b) => ({ tunables: { a, b }, logTime: a - b })));
    expect(advisor(timed.slice(0, 4))).toBeUndefined();
    const predict = advisor(timed.slice(0, 7))!;
    expect(predict({ a: 8, b: 2 })).toBeGreaterThan(predict({ a: 1, b: 2 }));
  });

  it('from earlier rows is corrected by what this search finds, without learning those again', () => {
    let learned = 0;
    const counted: Learner = {
      name: 'counted',
      learn: (rows) => {
        learned++;
        return additive.learn(rows);
      },
    };
    const sizes = [1, 2, 4, 8, 16, 32];
    const known = sizes.map((a) => ({ features: [a], base: 10, target: 10 + Math.log(a) }));
    const advisor = advisorBy(counted, ({ a = 0 }) => ({ features: [a], base: 12 }), known);
    // At this shape everything takes e times as long, and 32 is by far the fastest.
    const truth = (a: number) => 13 + (a === 32 ? -2 : Math.log(a));
    const timed = [...sizes, ...sizes].map((a) => ({ tunables: { a }, logTime: truth(a) }));
    const [early, late] = [advisor([])!, advisor(timed)!];
    advisor(timed.slice(1));
    expect(learned).toBe(1);
    expect(early({ a: 32 })).toBeGreaterThan(early({ a: 1 }));
    expect(late({ a: 32 })).toBeLessThan(late({ a: 1 }));
    for (const a of sizes) expect(Math.abs(late({ a }) - truth(a))).toBeLessThan(0.8);
  });

  it('comes from earlier rows before anything is timed', () => {
    const known = [1, 2, 3, 4, 5].map((a) => ({ features: [a], target: -a }));
    const predict = advisorBy(additive, ({ a = 0 }) => ({ features: [a] }), known)([])!;
    expect(predict({ a: 5 })).toBeLessThan(predict({ a: 1 }));
  });
});
