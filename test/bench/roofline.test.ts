/** The roofline model by hand: limits, intervals, bandwidth between levels, intensities; and ceilings measured on a real device. */
import { describe, expect, it } from 'vitest';
import { calibrateTimer } from '../../src/bench/calibrate.js';
import { systemHost } from '../../src/bench/host.js';
import { type Ceilings, CeilingsError, ceilingsKey, parseCeilings } from '../../src/bench/roofline/ceilings.js';
import {
  arithmeticIntensity,
  dataReuseIntensity,
  fitReuseWeights,
  rankCorrelation,
  trafficOf,
} from '../../src/bench/roofline/intensity.js';
import { measureCeilings } from '../../src/bench/roofline/measure-ceilings.js';
import { bandwidthAt, place } from '../../src/bench/roofline/place.js';
import { createPassTimer } from '../../src/gpu/batch.js';
import { createProbes } from '../../src/gpu/probe.js';
import { kernels, ladders } from '../../src/kernel/catalog.js';
import type { Cost } from '../../src/kernel/operation.js';
import { testDevice } from '../support/dawn.js';

const ci = (value: number): [number, number] => [0.9 * value, 1.1 * value];
const at = (perSecond: number) => ({ perSecond, ci95: ci(perSecond) });
const tried = { kernel: 'x', tunables: {}, shape: { n: 1 } };
const about = {
  adapter: { vendor: 'acme', architecture: 'one', description: '', software: false },
  runtime: 'Chrome 156',
  version: '0.1.0',
};

/** 1 T multiply-adds, 4 T dot4, 2 T integer operations, 0.8 T pairs; 4 TB/s up to 1 MiB, 1 TB/s at 256 MiB; 2 µs a dispatch. */
const ceilings: Ceilings = {
  schema: 'tilewatt/ceilings@1',
  key: ceilingsKey(about),
  ...about,
  date: '2026-11-21T08:00:00.000Z',
  compute: [
    { kind: 'fma32', ...tried, ...at(1e12) },
    { kind: 'dot4', ...tried, ...at(4e12) },
    { kind: 'int', ...tried, ...at(2e12) },
    { kind: 'pair', ...tried, ...at(0.8e12) },
  ],
  memory: [
    { workingSet: 2 ** 20, ...at(4e12) },
    { workingSet: 2 ** 28, ...at(1e12) },
  ],
  launchNs: 2000,
  notes: [],
};

const cost = (operations: Cost['operations'], bytes: number): Cost => ({
  operations,
  nominal: 1,
  bytesRead: bytes / 2,
  bytesWritten: bytes / 2,
});
const time = (ns: number) => ({ meanNs: ns, ci95Ns: [0.99 * ns, 1.01 * ns] as const });

describe('place', () => {
  it('finds compute the limit of many operations on few bytes', () => {
    const placed = place(cost({ fma32: 1e9 }, 2 ** 20), time(2e6), ceilings);
    // 10⁹ at 10¹² per second are 1 ms; 2 ms were taken.
    expect(placed).toMatchObject({ limit: 'compute', by: 'fma32', aboveCeiling: false });
    expect(placed.attainableNs).toBeCloseTo(1e6, 3);
    expect(placed.fraction).toBeCloseTo(0.5, 12);
    expect(placed.ci95[0]).toBeCloseTo(1e6 / 1.1 / 2.02e6, 12);
    expect(placed.ci95[1]).toBeCloseTo(1e6 / 0.9 / 1.98e6, 12);
  });

  it('finds memory the limit of many bytes, at the level of the working set', () => {
    const far = place(cost({ fma32: 1 }, 2 ** 28), time(1e6), ceilings);
    expect(far).toMatchObject({ limit: 'memory' });
    expect(far.attainableNs).toBeCloseTo((2 ** 28 / 1e12) * 1e9, 3);
    const near = place(cost({ fma32: 1 }, 2 ** 20), time(1e6), { ...ceilings, launchNs: 0 });
    expect(near.attainableNs).toBeCloseTo((2 ** 20 / 4e12) * 1e9, 6);
    const cold = place(cost({ fma32: 1 }, 2 ** 20), time(1e6), { ...ceilings, launchNs: 0 }, { cache: 'cold' });
    expect(cold.attainableNs).toBeCloseTo((2 ** 20 / 1e12) * 1e9, 6);
  });

  it('finds latency the limit of almost nothing, per dispatch', () => {
    const placed = place(cost({ fma32: 10 }, 64), time(8000), ceilings, { dispatches: 3 });
    expect(placed).toMatchObject({ limit: 'latency', by: '3 dispatches', attainableNs: 6000, fraction: 0.75 });
  });

  it('adds up kinds that share a ceiling, and lets different units run at once', () => {
    const shared = place(cost({ fma32: 1e9, add32: 1e9, mul32: 1e9 }, 8), time(4e6), ceilings);
    expect(shared.attainableNs).toBeCloseTo(3e6, 3);
    const apart = place(cost({ fma32: 1e9, bit: 1e9 }, 8), time(4e6), ceilings);
    expect(apart.attainableNs).toBeCloseTo(1e6, 3);
  });

  it('bounds L-Mul by the pair of additions', () => {
    const placed = place(cost({ iadd: 1e9, add32: 1e9 }, 8), time(2e6), ceilings);
    expect(placed).toMatchObject({ limit: 'compute', by: 'pair' });
    expect(placed.attainableNs).toBeCloseTo(1.25e6, 3);
  });

  it('bounds f16 by f32 where there is no ceiling of its own', () => {
    expect(place(cost({ fma16: 1e9 }, 8), time(2e6), ceilings).by).toBe('fma32');
  });

  it('flags a time that beats its ceiling, and hides nothing', () => {
    const placed = place(cost({ fma32: 1e9 }, 8), time(0.5e6), ceilings);
    expect(placed.fraction).toBeCloseTo(2, 12);
    expect(placed.aboveCeiling).toBe(true);
    // Within the interval of the ceiling nothing is claimed.
    expect(place(cost({ fma32: 1e9 }, 8), time(0.95e6), ceilings).aboveCeiling).toBe(false);
  });

  it('reads the bandwidth between two levels on logarithmic axes', () => {
    const { rate } = bandwidthAt(2 ** 24, ceilings.memory);
    expect(rate.perSecond).toBeCloseTo(2e12, -3);
    expect(bandwidthAt(1, ceilings.memory).rate.perSecond).toBe(4e12);
    expect(bandwidthAt(2 ** 40, ceilings.memory).rate.perSecond).toBe(1e12);
  });
});

describe('intensity', () => {
  const traffic = { weights: 3000, activations: 1000 };

  it('is twice the plain one at equal weights', () => {
    const plain = arithmeticIntensity(8000, traffic);
    expect(plain).toBe(2);
    expect(dataReuseIntensity(8000, traffic, { weights: 0.5, activations: 0.5 })).toBe(2 * plain);
  });

  it.each([
    // 14×14, 3×3 convolutions with 256 channels, counts of elements: MACs, weights, activations (in + out).
    ['dense', 14 * 14 * 9 * 256 * 256, 9 * 256 * 256, 2 * 14 * 14 * 256],
    ['group of 8', 14 * 14 * 9 * 256 * 8, 9 * 256 * 8, 2 * 14 * 14 * 256],
    ['depth-wise', 14 * 14 * 9 * 256, 9 * 256, 2 * 14 * 14 * 256],
    ['point-wise', 14 * 14 * 256 * 256, 256 * 256, 2 * 14 * 14 * 256],
  ])('of a %s convolution is as computed by hand', (_, macs, weights, activations) => {
    expect(dataReuseIntensity(macs, { weights, activations }, { weights: 0.8, activations: 0.2 })).toBeCloseTo(
      macs / (0.8 * weights + 0.2 * activations),
      9,
    );
  });

  it('takes the right-hand matrix of a product for weights', () => {
    const { operation } = ladders.get('gemm-f32')!;
    expect(trafficOf(operation, { m: 2, n: 3, k: 5 })).toEqual({ weights: 4 * 15, activations: 4 * (10 + 6) });
    const gemv = ladders.get('gemv-f32')!.operation;
    expect(trafficOf(gemv, { n: 3, k: 5 })).toEqual({ weights: 4 * 15, activations: 4 * (5 + 3) });
  });

  it('finds planted weights, also on shapes it has not seen', () => {
    const truth = { weights: 0.85, activations: 0.15 };
    const samples = Array.from({ length: 40 }, (_, i) => {
      const own = { weights: 100 + ((i * 7919) % 5000), activations: 100 + ((i * 104_729) % 5000) };
      const operations = 1e6 + ((i * 15_485_863) % 9e6);
      return { operations, traffic: own, achieved: dataReuseIntensity(operations, own, truth) };
    });
    const seen = samples.filter((_, i) => i % 2 === 0);
    const held = samples.filter((_, i) => i % 2 === 1);
    const fitted = fitReuseWeights(seen);
    expect(fitted.spearman).toBe(1);
    expect(Math.abs(fitted.weights - 0.85)).toBeLessThan(0.06);
    const achieved = held.map((sample) => sample.achieved);
    const rho = (by: { weights: number; activations: number }) =>
      rankCorrelation(
        held.map(({ operations, traffic: own }) => dataReuseIntensity(operations, own, by)),
        achieved,
      );
    expect(rho(fitted)).toBeGreaterThan(rho({ weights: 0.5, activations: 0.5 }));
  });

  it('ranks as Spearman does, ties halved', () => {
    // Ranks 1 2.5 2.5 4 against 1 2 3 4: ρ = 4.5 / √(4.5 · 5).
    expect(rankCorrelation([1, 5, 5, 9], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(22.5), 12);
    expect(rankCorrelation([1, 2, 3], [9, 8, 7])).toBe(-1);
  });
});

describe('a file of ceilings', () => {
  it('comes back as it was', () => {
    expect(parseCeilings(JSON.stringify(ceilings))).toEqual(ceilings);
  });

  it.each([
    ['{', 'not JSON'],
    ['{}', 'These are no ceilings'],
    [JSON.stringify({ ...ceilings, memory: [] }), 'memory'],
    [JSON.stringify({ ...ceilings, memory: [{ workingSet: -1, ...at(1) }] }), 'memory.0.workingSet'],
  ])('is refused in a sentence %#', (text, sentence) => {
    expect(() => parseCeilings(text)).toThrow(CeilingsError);
    expect(() => parseCeilings(text)).toThrow(sentence);
  });
});

it('measures every ceiling of this adapter that it has features for', async () => {
  const device = await testDevice();
  const host = systemHost();
  const timer = createPassTimer(device.gpu, host.now);
  const probes = await createProbes(device.gpu, timer, host.now);
  const timerFacts = await calibrateTimer({
    kind: timer.kind,
    empty: probes.empty,
    readback: probes.readback,
    host,
    seconds: 0.3,
  });
  const texts: string[] = [];
  const measured = await measureCeilings({
    device,
    pipelines: device.pipelines,
    timer,
    timerFacts,
    host,
    kernels,
    runtime: 'Dawn in a test',
    version: '0.1.0',
    seconds: 4,
    seed: 1,
    onProgress: (text) => texts.push(text),
  });
  if (!measured) throw new Error('It says that it was cancelled.');
  expect(parseCeilings(JSON.stringify(measured))).toEqual(measured);
  const missing = [...measured.notes].join(' ');
  for (const kind of ['fma32', 'int', 'pair', 'sfu']) {
    const found = measured.compute.some((ceiling) => ceiling.kind === kind);
    expect(found || missing.includes('was not timed'), kind).toBe(true);
  }
  if (!device.facts.features.includes('shader-f16')) expect(missing).toContain('shader-f16 is missing');
  // Every size of the copy has either a rate or a reason.
  const copies = measured.notes.filter((note) => note.startsWith('copy/vec4')).length;
  expect(measured.memory.length + copies).toBe(6);
  expect(measured.memory.length).toBeGreaterThan(0);
  for (const { perSecond, ci95 } of [...measured.compute, ...measured.memory]) {
    expect(ci95[0]).toBeLessThanOrEqual(perSecond);
    expect(ci95[1]).toBeGreaterThanOrEqual(perSecond);
  }
  expect(texts).toContain('timing the ceilings');
}, 120_000);
