/** What stored searches let expect of a shape that was not run: on planted times, with and without an energy model. */
import { describe, expect, it } from 'vitest';
import { chooseClass } from '../../src/bench/energy/classes.js';
import { type EnergyModel, estimate } from '../../src/bench/energy/model.js';
import { modelOfClass } from '../../src/bench/energy/modelled.js';
import type { ResultRow, Results } from '../../src/bench/results.js';
import { forecast } from '../../src/bench/tune/forecast.js';
import { lessonsOf, seenBefore, seenIn, seenInResults } from '../../src/bench/tune/learned.js';
import type { TunePoint } from '../../src/bench/tune/points.js';
import { basisWords, qualityWords } from '../../src/bench/tune/predictor-words.js';
import { timesOf } from '../../src/bench/tune/stored.js';
import { shapeClassOf } from '../../src/bench/tune/winners.js';
import type { Winner } from '../../src/bench/tune/winners-schema.js';
import { kernels } from '../../src/kernel/catalog.js';
import { costOf, type Tunables } from '../../src/kernel/kernel.js';
import type { Shape } from '../../src/kernel/operation.js';
import { defaultTunables } from '../../src/kernel/tunables.js';
import { seededRandom } from '../../src/numerics/random.js';

const kernel = kernels.get('gemm-f32/direct')!;
const here = {
  adapter: { vendor: 'nvidia', architecture: 'hopper', description: 'NVIDIA H100 80GB HBM3', software: false },
  runtime: 'Chrome 156 on Linux',
};
const cube = (size: number): Shape => ({ m: size, n: size, k: size });

const combinations: readonly Tunables[] = [2, 4, 8].flatMap((threadM) =>
  [4, 8].flatMap((threadN) =>
    [8, 16].flatMap((groupX) => [4, 8].map((groupY) => ({ threadM, threadN, groupX, groupY }))),
  ),
);

/** 10 TFLOP/s, less for small shapes, and better or worse by tunables. */
function plantedNs({ m = 1, n = 1, k = 1 }: Shape, { threadM = 1, groupX = 1, groupY = 1 }: Tunables): number {
  const rate = 1e4 / (1 + 64 / m);
  return ((2 * m * n * k) / rate) * 1.3 ** Math.abs(Math.log2(threadM) - 2) * 1.1 ** Math.log2(groupX * groupY);
}

function winnerAt(shape: Shape, change: Partial<Winner> = {}): Winner {
  const random = seededRandom(shape.m!);
  const usual = defaultTunables(kernel);
  const usualNs = plantedNs(shape, usual);
  const others = combinations.filter((tunables) => JSON.stringify(tunables) !== JSON.stringify(usual));
  const points: TunePoint[] = [usual, ...others].map((tunables, i) => {
    const ns = plantedNs(shape, tunables) * (i === 0 ? 1 : 1 + 0.02 * random.normal());
    return { tunables, state: 'racing', ratio: usualNs / ns, ns };
  });
  return {
    ...here,
    kernel: kernel.id,
    shape,
    shapeClass: shapeClassOf(shape),
    source: '0123456789abcdef',
    version: '0.1.0',
    tunables: usual,
    isDefault: true,
    meanNs: usualNs,
    ci95Ns: [usualNs, usualNs],
    ratio: 1,
    ci95: [1, 1],
    pairs: 0,
    date: '2026-11-21T08:00:00.000Z',
    points,
    ...change,
  };
}

const choice = chooseClass('h100-sxm', here.adapter);
const made = 'gpuClass' in choice ? modelOfClass(choice.gpuClass) : undefined;
const energy: EnergyModel | undefined = made && 'model' in made ? made.model : undefined;

const several = [128, 256, 512, 1024].map((size) => winnerAt(cube(size)));
const ask = (winners: readonly Winner[], shape: Shape, model?: EnergyModel) => {
  const seen = seenBefore(kernel, winners, here);
  const answer = forecast({ kernel, shape, candidates: combinations, seen, energy: model });
  if ('refusal' in answer) throw new Error(answer.refusal);
  return answer.forecast;
};

describe('a forecast', () => {
  it('comes near the times of a shape between those seen, and finds the better tunables', () => {
    const found = ask(several, cube(384));
    expect(found).toMatchObject({ isSeen: false, shapes: [128, 256, 512, 1024].map(cube) });
    for (const { tunables, ns } of [...found.best, found.default]) {
      expect(Math.abs(ns / plantedNs(cube(384), tunables) - 1)).toBeLessThan(0.25);
    }
    const best = Math.min(...combinations.map((tunables) => plantedNs(cube(384), tunables)));
    expect(plantedNs(cube(384), found.best[0]!.tunables)).toBeLessThan(1.1 * best);
    expect(found.quality.time).toMatchObject({ heldOut: 'shapes', rows: found.points });
    expect(found.quality.time!.medianError).toBeLessThan(0.3);
  });

  it('gives joules near what the energy model gives the true time, as wide as that, with an error of their own', () => {
    const found = ask(several, cube(384), energy);
    const { joules, tunables } = found.default;
    const variant = { shape: cube(384), tunables };
    const truth = estimate({ cost: costOf(kernel, variant), ns: plantedNs(cube(384), tunables) }, energy!);
    expect(Math.abs(joules!.midJ / truth.midJ - 1)).toBeLessThan(0.25);
    expect(joules!.highJ / joules!.lowJ).toBeGreaterThan(1.5);
    expect(found.quality.energy).toMatchObject({ tier: 'modelled', source: 'h100-sxm', heldOut: 'shapes' });
    expect(found.quality.energy!.r2).not.toBe(found.quality.time!.r2);
    expect(qualityWords(found.quality, true)).toContain(
      "against the energy model's own estimates (modelled, h100-sxm)",
    );
  });

  it('says that energy is not predicted where there is no energy model', () => {
    const found = ask(several, cube(384));
    expect(found.default.joules).toBeUndefined();
    expect(found.quality.energy).toBeUndefined();
    expect(qualityWords(found.quality, false)).toContain('Energy is not predicted: no energy model is in use');
  });

  it('does not claim to know another shape from one, and knows a shape that was run', () => {
    const one = ask([winnerAt(cube(256))], cube(1024));
    expect(one.quality.time?.heldOut).toBe('points');
    expect(basisWords(one)).toContain('at one shape. How far off another shape may be, nothing here says');
    const same = ask(several, cube(256));
    expect(same.quality.time?.heldOut).toBe('points');
    expect(basisWords(same)).toContain('This shape is among them.');
  });

  it('is refused where there is nothing of this kernel, device and runtime', () => {
    const elsewhere = [
      winnerAt(cube(256), { runtime: 'Chrome 155 on Linux' }),
      winnerAt(cube(256), { kernel: 'gemm-f32/naive' }),
      winnerAt(cube(256), { adapter: { ...here.adapter, description: 'NVIDIA A100' } }),
    ];
    const seen = seenBefore(kernel, elsewhere, here);
    expect(seen).toEqual([]);
    expect(forecast({ kernel, shape: cube(64), candidates: combinations, seen })).toEqual({
      refusal: expect.stringContaining('There is nothing to predict gemm-f32/direct from on this device: tune it'),
    });
  });
});

describe('its words', () => {
  it('do not praise a predictor that is no better than the mean', () => {
    const time = { model: 'random forest', rows: 72, heldOut: 'shapes', r2: -0.5, medianError: 0.77 } as const;
    expect(qualityWords({ time }, false)).toContain(
      '77\u202f% median error on shapes held out, which is no better than',
    );
    expect(qualityWords({ time: { ...time, r2: 0.9 } }, false)).not.toContain('no better');
  });
});

describe('what is learned from', () => {
  it('passes over points of other tunables and of a shape that lacks a size', () => {
    const { points = [] } = winnerAt(cube(64));
    expect(seenIn(kernel, cube(64), points)).toHaveLength(combinations.length);
    expect(seenIn(kernel, { m: 64, n: 64 }, points)).toEqual([]);
    const older = points.map((point, i) => (i === 1 ? { ...point, tunables: { tile: 4 } } : point));
    expect(seenIn(kernel, cube(64), older)).toHaveLength(combinations.length - 1);
  });

  it('are times of stored results too, where they are of this kernel, device and warm caches', () => {
    const usual = defaultTunables(kernel);
    const row = (size: number, change: Partial<ResultRow> = {}): ResultRow => {
      const meanNs = plantedNs(cube(size), usual);
      const time = {
        meanNs,
        ci95Ns: [meanNs, meanNs] as [number, number],
        samples: 12,
        dispatchesPerSample: 1,
        method: 'slope' as const,
      };
      const { id, computes } = kernel;
      return { kernel: id, operation: computes.id, shape: cube(size), tunables: usual, status: 'ok', time, ...change };
    };
    const rows = [
      ...[64, 128, 256, 512, 1024, 2048].map((size) => row(size)),
      row(8, { cache: 'cold' }),
      row(9, { kernel: 'gemm-f32/naive' }),
      row(10, { status: 'wrong' }),
      row(11, { tunables: { tile: 4 } }),
      row(12, { shape: { m: 12, n: 12 } }),
    ];
    const environment = { ...here } as Results['environment'];
    const times = timesOf({ environment, rows }, kernel.id);
    const seen = seenInResults(kernel, times, here);
    expect(seen.map(({ shape }) => shape.m)).toEqual([64, 128, 256, 512, 1024, 2048]);
    expect(seenInResults(kernel, times, { ...here, runtime: 'Another 1' })).toEqual([]);
    const answer = forecast({ kernel, shape: cube(384), candidates: combinations, seen });
    if ('refusal' in answer) throw new Error(answer.refusal);
    expect(Math.abs(answer.forecast.default.ns / plantedNs(cube(384), usual) - 1)).toBeLessThan(0.25);
    expect(answer.forecast.best).toEqual([]);
    expect(basisWords(answer.forecast)).toBe(
      'Predicted, not measured: learned from 6 times at 6 shapes. All are of the same tunables, so nothing tells other combinations from them. They are too few to say how far off another shape may be.',
    );
  });

  it('has no rows of energy without a model, and one per point with it', () => {
    const seen = seenBefore(kernel, several, here);
    expect(lessonsOf(kernel, seen).energy).toEqual([]);
    expect(lessonsOf(kernel, seen, energy).energy).toHaveLength(seen.length);
  });
});
