/** Mixed precision under a budget, the front of schemes, and recommendations. */
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/bench/results.js';
import { readOnnx } from '../../../src/models/onnx/read.js';
import { allocate, type LayerChoices, measureChoices, quantizeMixed } from '../../../src/models/quantize/mixed.js';
import { type Candidate, paretoFront, recommend } from '../../../src/models/quantize/pareto.js';
import { parseScheme } from '../../../src/models/quantize/schemes.js';
import { interpret } from '../../../src/models/run/interpret.js';
import { type HostTensor, hostTensor } from '../../../src/models/run/values.js';
import { relativeRms } from '../../../src/numerics/quality.js';
import { seededRandom } from '../../../src/numerics/random.js';
import { builtModel } from '../../support/built-model.js';

const [f32, int8, int4] = ['f32', 'int8-weights', 'int4-g32'].map(parseScheme) as [
  ReturnType<typeof parseScheme>,
  ReturnType<typeof parseScheme>,
  ReturnType<typeof parseScheme>,
];

function drawn(seed: number, count: number): readonly LayerChoices[] {
  const { next } = seededRandom(seed, 'uniform');
  return Array.from({ length: count }, (_, i) => {
    const [size, weight] = [Math.ceil(1000 * next()), next() * 10 ** (3 * next())];
    return {
      name: `layer ${i}`,
      choices: [
        { scheme: f32, bytes: 4 * size, loss: 0 },
        { scheme: int8, bytes: size, loss: weight * (0.01 + 0.02 * next()) },
        { scheme: int4, bytes: Math.ceil(size * 0.625), loss: weight * (0.5 + next()) },
      ],
    };
  });
}

/** The least loss within a budget, by trying everything. */
function exhaustive(layers: readonly LayerChoices[], budget: number, at = 0): number {
  if (budget < 0) return Number.POSITIVE_INFINITY;
  if (at === layers.length) return 0;
  return Math.min(...layers[at]!.choices.map(({ bytes, loss }) => loss + exhaustive(layers, budget - bytes, at + 1)));
}

describe('mixed precision', () => {
  it('keeps to the budget and finds the best there is', () => {
    for (let seed = 1; seed <= 25; seed++) {
      const layers = drawn(seed, 7);
      const sizes = layers.map(({ choices }) => choices.map(({ bytes }) => bytes));
      const [least, most] = [
        sizes.reduce((sum, each) => sum + Math.min(...each), 0),
        sizes.reduce((sum, each) => sum + Math.max(...each), 0),
      ];
      for (const share of [0, 0.1, 0.3, 0.7, 1]) {
        const budget = least + share * (most - least);
        const { bytes, loss, schemes } = allocate(layers, budget);
        expect(bytes).toBeLessThanOrEqual(budget);
        expect(schemes.size).toBe(7);
        expect(loss).toBeLessThanOrEqual(exhaustive(layers, budget) + 1e-9);
        for (const i of [0, 1, 2]) {
          const uniform = layers.reduce(
            (sum, { choices }) => ({ bytes: sum.bytes + choices[i]!.bytes, loss: sum.loss + choices[i]!.loss }),
            { bytes: 0, loss: 0 },
          );
          if (uniform.bytes <= budget) expect(loss).toBeLessThanOrEqual(uniform.loss + 1e-12);
        }
      }
    }
  });

  it('copes with many layers', () => {
    const layers = drawn(3, 400);
    const least = layers.reduce((sum, { choices }) => sum + Math.min(...choices.map(({ bytes }) => bytes)), 0);
    const { bytes, loss } = allocate(layers, 1.5 * least);
    expect(bytes).toBeLessThanOrEqual(1.5 * least);
    expect(loss).toBeLessThan(allocate(layers, 1.45 * least).loss);
  });

  it('refuses a budget that nothing fits', () => {
    expect(() => allocate(drawn(1, 3), 10)).toThrow(/is less than the \d+ that the smallest forms/);
  });

  it('is no worse than one scheme for all on a model', async () => {
    const model = readOnnx(builtModel());
    const x = new Map([['x', hostTensor('f32', [1, 4, 8, 8], seededRandom(1).values(256))]]);
    const result = (of: typeof model) => (interpret(of, x).get('y') as HostTensor).data;
    const exact = result(model);
    const loss = async ({ model: of }: { readonly model: typeof model }) => relativeRms(exact, result(of)) ** 2;
    const layers = await measureChoices(model, [int8, int4], loss);
    const uniform = layers.reduce(
      (sum, { choices }) => sum + choices.find(({ scheme }) => scheme.id === 'int4-g32')!.bytes,
      0,
    );
    const mixed = quantizeMixed(model, allocate(layers, 1.3 * uniform));
    const all4 = await loss(quantizeMixed(model, allocate(layers, uniform)));
    expect(mixed.layers.reduce((sum, { after }) => sum + after, 0)).toBeLessThanOrEqual(1.3 * uniform);
    expect(await loss(mixed)).toBeLessThan(all4);
    expect(new Set(mixed.layers.map(({ scheme }) => scheme)).size).toBeGreaterThan(1);
  });
});

const exactly = (value: number) => ({ value, low: value - 0.01, high: value + 0.01 });
const candidates: readonly Candidate[] = [
  { id: 'f32', title: 'Float 32', bytes: 4000, accuracy: exactly(0.99), seconds: 0.01 },
  { id: 'int8', title: 'INT8', bytes: 1000, accuracy: exactly(0.989), seconds: 0.004 },
  { id: 'int4', title: 'INT4', bytes: 600, accuracy: exactly(0.93), seconds: 0.005 },
  { id: 'bad', title: 'Bad', bytes: 1000, accuracy: exactly(0.9), seconds: 0.02 },
];

describe('the front', () => {
  it('holds what nothing beats', () => {
    expect(paretoFront(candidates).map(({ id }) => id)).toEqual(['f32', 'int8', 'int4']);
    const { next } = seededRandom(4, 'uniform');
    const many = Array.from(
      { length: 60 },
      (_, i): Candidate => ({
        id: `${i}`,
        title: '',
        bytes: Math.ceil(20 * next()),
        accuracy: exactly(Math.round(10 * next()) / 10),
        seconds: Math.ceil(5 * next()),
      }),
    );
    const beats = (a: Candidate, b: Candidate): boolean =>
      a.bytes <= b.bytes &&
      a.seconds! <= b.seconds! &&
      a.accuracy.value >= b.accuracy.value &&
      (a.bytes < b.bytes || a.seconds! < b.seconds! || a.accuracy.value > b.accuracy.value);
    expect(paretoFront(many)).toEqual(many.filter((each) => !many.some((other) => beats(other, each))));
  });

  it('leads to a sentence with its reason', () => {
    expect(recommend(candidates)).toEqual({
      id: 'int8',
      sentence:
        'Take INT8: it needs 25.0 % of the size of Float 32 (40.0 % of its time) and loses 0.10 points of accuracy, which the data cannot tell from Float 32.',
    });
    expect(recommend(candidates, { allowedLoss: 0.1 }).id).toBe('int4');
    const told = (ratio: number, verdict: Verdict) => {
      const [f32, int8] = candidates as [Candidate, Candidate];
      return recommend([f32, { ...int8, speed: { ratio, verdict } }]).sentence.match(/\((.*)\)/)?.[1];
    };
    expect(told(2, 'faster')).toBe('50.0 % of its time');
    expect(told(0.5, 'slower')).toBe('200 % of its time');
    expect(told(1.01, 'same')).toBe('in the same time');
    expect(told(2, 'undecided')).toBe('times too close to tell');
    expect(recommend(candidates, { allowedLoss: 0 })).toMatchObject({
      id: 'f32',
      sentence: expect.stringMatching(/^Keep Float 32: .*INT8, loses 0.10 points/),
    });
    expect(recommend(candidates, { prefer: 'seconds', allowedLoss: 0.2 }).id).toBe('int8');
    expect(() => recommend(candidates, { prefer: 'joules' })).toThrow(/joules needs/);
    expect(() => recommend([])).toThrow(/at least one/);
  });
});
