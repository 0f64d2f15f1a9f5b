/** Files of tuned values: what is used again, what is refused and in which words, and what a stranger's file is told. */
import { describe, expect, it } from 'vitest';
import { featuresOf, invocationsOf } from '../../src/bench/tune/features.js';
import { keyOf } from '../../src/bench/tune/points.js';
import { spaceOf } from '../../src/bench/tune/space.js';
import { lookUp, mergeWinners, type Present, shapeClassOf, sourceHash } from '../../src/bench/tune/winners.js';
import { parseWinners, type Winner, type Winners, winnersSchemaId } from '../../src/bench/tune/winners-schema.js';
import { kernels } from '../../src/kernel/catalog.js';
import type { DeviceFacts } from '../../src/kernel/facts.js';
import { defaultTunables } from '../../src/kernel/tunables.js';

const shape = { m: 500, n: 512, k: 512 };

const winner: Winner = {
  kernel: 'gemm-f32/direct',
  shape,
  shapeClass: shapeClassOf(shape),
  adapter: { vendor: 'acme', architecture: 'one', description: 'Acme One', software: false },
  runtime: 'Chrome 156 on Linux',
  source: '0123456789abcdef',
  version: '0.1.0',
  tunables: { threadM: 8, threadN: 8, groupX: 8, groupY: 4 },
  isDefault: false,
  meanNs: 1e6,
  ci95Ns: [0.99e6, 1.01e6],
  ratio: 1.5,
  ci95: [1.48, 1.52],
  pairs: 24,
  date: '2026-11-21T08:00:00.000Z',
};

const file = (...winners: readonly Winner[]): Winners => ({ schema: winnersSchemaId, winners: [...winners] });

const present: Present = {
  kernel: winner.kernel,
  shape: { m: 512, n: 480, k: 600 },
  adapter: winner.adapter,
  runtime: winner.runtime,
  hashOf: async () => winner.source,
};

describe('shape classes', () => {
  it.each([
    [{ m: 500, n: 512, k: 511 }, 'm~512 n~512 k~512+'],
    [{ m: 1, n: 3, k: 4096 }, 'm~1+ n~4+ k~4096'],
    [{ m: 724 }, 'm~512'],
    [{ m: 728 }, 'm~1024'],
  ])('%j is %s', (sizes, name) => expect(shapeClassOf(sizes)).toBe(name));
});

describe('looking up', () => {
  it('finds what was tuned here, for other sizes of the class', async () => {
    expect(await lookUp(file(winner), present)).toEqual({ status: 'ok', winner });
  });

  it.each<[string, Partial<Present>, string]>([
    [
      'another adapter',
      { adapter: { ...winner.adapter, description: 'Acme Two' } },
      'gemm-f32/direct was tuned on Acme One, and this is Acme Two. Run "tilewatt tune gemm-f32/direct" here.',
    ],
    [
      'another browser',
      { runtime: 'Chrome 157 on Linux' },
      'gemm-f32/direct was tuned in Chrome 156 on Linux, and this is Chrome 157 on Linux. Run "tilewatt tune gemm-f32/direct" here.',
    ],
    [
      'changed source',
      { hashOf: async () => 'fedcba9876543210' },
      'The source of gemm-f32/direct is another than when it was tuned on 2026-11-21. Run "tilewatt tune gemm-f32/direct" here.',
    ],
  ])('refuses what is from %s, in one sentence', async (_, change, reason) => {
    expect(await lookUp(file(winner), { ...present, ...change })).toEqual({ status: 'stale', reason });
  });

  it('knows nothing of other kernels and classes', async () => {
    expect(await lookUp(file(winner), { ...present, kernel: 'gemm-f32/naive' })).toEqual({ status: 'none' });
    expect(await lookUp(file(winner), { ...present, shape: { m: 512, n: 512, k: 511 } })).toEqual({ status: 'none' });
  });

  it('hashes text, not chance', async () => {
    expect(await sourceHash('abc')).toBe('ba7816bf8f01cfea');
    expect(await sourceHash('abd')).not.toBe(await sourceHash('abc'));
  });
});

describe('merging', () => {
  it('keeps the newest of the same device, kernel and class, and all others', () => {
    const newer = { ...winner, date: '2026-12-01T08:00:00.000Z', ratio: 1.6 };
    const elsewhere = { ...winner, runtime: 'Chrome 157 on Linux' };
    expect(mergeWinners(file(winner, elsewhere), file(newer)).winners).toEqual([newer, elsewhere]);
    expect(mergeWinners(file(newer), file(winner)).winners).toEqual([newer]);
  });
});

describe('files', () => {
  it('are read as they were written', () => {
    expect(parseWinners(JSON.stringify(file(winner)))).toEqual(file(winner));
  });

  it.each([
    ['{', 'This is not JSON'],
    ['{"schema":"tilewatt/results@1"}', 'Expected "schema": "tilewatt/winners@1", found "tilewatt/results@1"'],
    [JSON.stringify(file({ ...winner, ratio: -1 })), 'winners.0.ratio'],
    [JSON.stringify(file({ ...winner, source: 'x' })), 'winners.0.source'],
    [JSON.stringify(file({ ...winner, tunables: { threadM: 0.5 } })), 'winners.0.tunables.threadM'],
  ])('%s is refused with the place', (text, sentence) => {
    expect(() => parseWinners(text)).toThrow(sentence);
  });
});

const facts: DeviceFacts = {
  features: [],
  language: [],
  limits: {
    maxComputeInvocationsPerWorkgroup: 128,
    maxComputeWorkgroupStorageSize: 16384,
    maxComputeWorkgroupsPerDimension: 65535,
    maxStorageBufferBindingSize: 2 ** 27,
    maxBufferSize: 2 ** 28,
  },
};

describe('space', () => {
  it('holds every combination that the device can run once, the default first, and says why not for the rest', () => {
    const kernel = kernels.get('gemm-f32/direct')!;
    const { candidates, refused } = spaceOf(kernel, { m: 64, n: 64, k: 64 }, facts);
    expect(candidates[0]).toEqual(defaultTunables(kernel));
    expect(new Set(candidates.map(keyOf)).size).toBe(candidates.length);
    expect(candidates.length + refused.length).toBe(3 * 2 * 3 * 4);
    expect(candidates.every(({ groupX, groupY }) => groupX! * groupY! <= 128)).toBe(true);
    expect(refused.map(({ tunables }) => tunables.groupX! * tunables.groupY!)).toEqual(refused.map(() => 256));
    expect(refused[0]?.reason).toContain('larger than this device allows');
  });
});

describe('features', () => {
  it('knows the workgroup of every kernel from its text', () => {
    for (const kernel of kernels.values()) {
      const variant = { shape: kernel.computes.presets[0]!.shape, tunables: defaultTunables(kernel) };
      expect(invocationsOf(kernel, variant), kernel.id).toBeGreaterThan(1);
      expect(featuresOf(kernel, variant).values.every(Number.isFinite), kernel.id).toBe(true);
    }
  });

  it('counts workgroups and invocations', () => {
    const kernel = kernels.get('gemm-f32/blocked')!;
    const { names, values } = featuresOf(kernel, {
      shape: { m: 128, n: 64, k: 32 },
      tunables: defaultTunables(kernel),
    });
    const value = (name: string) => 2 ** values[names.indexOf(name)]!;
    expect(value('workgroups')).toBe(2);
    expect(value('invocations per workgroup')).toBe(256);
    expect(value('operations')).toBe(2 * 128 * 64 * 32);
  });
});
