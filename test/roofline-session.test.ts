/** Ceilings, joules and loads through the session: what the page and the command line ask for, on a real device. */
import { afterAll, describe, expect, it } from 'vitest';
import { chooseClass, gpuClasses } from '../src/bench/energy/classes.js';
import { modelOfClass } from '../src/bench/energy/modelled.js';
import type { Ceilings } from '../src/bench/roofline/ceilings.js';
import { dawnGpu } from '../src/cli/dawn.js';
import type { BenchRequest } from '../src/worker/api.js';
import { createSession } from '../src/worker/session.js';

const session = createSession({ gpu: await dawnGpu(), runtime: 'Dawn in a test' });
afterAll(() => session.close());

const adapter = { vendor: 'x', architecture: '', description: '', software: false };
const rate = (perSecond: number) => ({ perSecond, ci95: [perSecond, perSecond] as [number, number] });

/** Ceilings that nobody measured: what is tested is where rows are placed under them. */
const ceilings: Ceilings = {
  schema: 'tilewatt/ceilings@1',
  key: 'x',
  adapter,
  runtime: 'x',
  version: '0',
  date: '2026-11-21T08:00:00.000Z',
  compute: [{ kind: 'fma32', kernel: 'x', tunables: {}, shape: { n: 1 }, ...rate(1e15) }],
  memory: [{ workingSet: 1024, ...rate(1e3) }],
  notes: [],
};

const request: Omit<BenchRequest, 'job'> = {
  operation: 'gemm-f32',
  shape: { m: 64, n: 64, k: 64 },
  kernels: [{ id: 'gemm-f32/naive' }, { id: 'gemm-f32/direct' }],
  seed: 3,
  distribution: 'normal',
  thoroughness: 'quick',
  cache: 'hot',
  budgetSeconds: 2,
};

describe('a bench with ceilings and a model of energy', () => {
  it('places every timed row and estimates its joules, apart from its time', async () => {
    const choice = chooseClass('rtx-4070', adapter);
    const made = modelOfClass('gpuClass' in choice ? choice.gpuClass : gpuClasses[0]!);
    const energy = 'model' in made ? made.model : undefined;
    const outcome = await session.bench({ ...request, job: 'both', ceilings, energy: energy! }, () => {});
    if (outcome.status !== 'ok') throw new Error(outcome.reason);
    for (const { status, reason, time, roofline, energy: joules } of outcome.results.rows) {
      expect(status, reason).toBe('ok');
      if (!time) continue;
      // 3 · 64² · 4 bytes at 1 kB/s: 49.152 s, and no kernel here takes that long.
      expect(roofline).toMatchObject({
        limit: 'memory',
        aboveCeiling: true,
        attainableNs: expect.closeTo(49.152e9, 0),
      });
      expect(roofline!.intensity).toBeCloseTo((2 * 64 ** 3) / (3 * 64 ** 2 * 4), 9);
      expect(joules).toMatchObject({ tier: 'modelled', source: 'rtx-4070', limitWatts: 200 });
      expect(joules!.lowJ).toBeLessThan(joules!.midJ);
      expect(joules!.midJ).toBeLessThan(joules!.highJ);
      // Between idle power and the limit.
      expect(joules!.lowJ / (time.meanNs * 1e-9)).toBeGreaterThanOrEqual(0.05 * 200 * 0.999);
      expect(joules!.highJ / (time.meanNs * 1e-9)).toBeLessThanOrEqual(200 * 1.001);
    }
    expect(outcome.results.rows.map(({ energy: joules }) => joules?.order)).toContain('least');
  });

  it('leaves rows alone without them', async () => {
    const outcome = await session.bench({ ...request, job: 'neither' }, () => {});
    for (const row of outcome.status === 'ok' ? outcome.results.rows : []) {
      expect(row).not.toHaveProperty('roofline');
      expect(row).not.toHaveProperty('energy');
    }
  });
});

describe('a load', () => {
  it.each(['fma', 'copy'] as const)('of %s runs for its time and tells what it did', async (load) => {
    const before = Date.now();
    const outcome = await session.load({ job: load, load, seconds: 0.5, seed: 1 }, () => {});
    if (outcome.status !== 'ok') throw new Error(outcome.reason);
    const { startMs, endMs, dispatches, cost } = outcome.run;
    expect(startMs).toBeGreaterThanOrEqual(before - 50);
    expect(endMs).toBeLessThanOrEqual(Date.now() + 50);
    expect(endMs - startMs).toBeGreaterThanOrEqual(500);
    expect(dispatches).toBeGreaterThan(0);
    expect(load === 'fma' ? cost.operations.fma32 : cost.bytesRead).toBeGreaterThan(0);
  });

  it.each([
    [{ load: 'fma' as const, seconds: 0 }, 'between 0 and 3600 s'],
    [{ load: { kernel: { id: 'no/kernel' }, shape: {} }, seconds: 1 }, 'There is no kernel'],
    [{ load: { kernel: { id: 'copy/vec4' }, shape: {} }, seconds: 1 }, 'needs a value for words'],
  ])('%j is refused', async (given, sentence) => {
    const outcome = await session.load({ job: 'bad', seed: 1, ...given }, () => {});
    expect(outcome).toMatchObject({ status: 'failed', cause: 'validation', reason: expect.stringContaining(sentence) });
  });

  it('can be cancelled', async () => {
    const running = session.load({ job: 'long', load: 'fma', seconds: 60, seed: 1 }, ({ fraction }) => {
      if (fraction > 0) void session.cancel('long');
    });
    expect(await running).toMatchObject({ status: 'failed', cause: 'cancelled' });
  });
});
