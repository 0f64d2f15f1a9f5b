/** A run as a whole: stopping, refusing, cancelling, pausing, drifting, and giving the same again. */
import { expect, test } from 'vitest';
import { compare } from '../../src/bench/compare.js';
import { thoroughness } from '../../src/bench/criterion.js';
import { type MeasureOptions, type MeasureProgress, measure } from '../../src/bench/measure.js';
import { selfCheck } from '../../src/bench/selfcheck.js';
import type { Subject } from '../../src/bench/subject.js';
import { type Conditions, type Simulated, simulate } from './simulated.js';

function setUp(seed: number, conditions: Conditions, more: Partial<Omit<MeasureOptions, 'onProgress'>> = {}) {
  const device = simulate(seed, conditions);
  const options: Omit<MeasureOptions, 'onProgress'> = {
    timer: device.timer,
    criterion: thoroughness.quick,
    seed,
    host: device.host,
    baseline: 0,
    ...more,
  };
  return { device, options };
}

const fine: Conditions = { quantumNs: 1, noise: 0.005 };

test('stops when the noise is under the bound, and says so', async () => {
  const { device, options } = setUp(1, fine);
  const { measurements } = await measure([device.kernel('a', 50_000)], options);
  expect(measurements[0]).toMatchObject({ status: 'ok', timing: { stopped: 'noise', method: 'slope' } });
  expect(device.host.now()).toBeLessThan(3000 + 1000);
});

test('stops when time is up, and says so', async () => {
  const { device, options } = setUp(1, { quantumNs: 1, noise: 0.2 });
  const start = device.host.now();
  const { measurements } = await measure([device.kernel('a', 50_000)], options);
  expect(measurements[0]).toMatchObject({ status: 'ok', timing: { stopped: 'time' } });
  expect(device.host.now() - start).toBeLessThan(3100);
});

test('a slow kernel beside a fast one gets its few samples and both a comparison', async () => {
  const { device, options } = setUp(1, { quantumNs: 1, noise: 0.01 });
  const { measurements } = await measure([device.kernel('slow', 500e6), device.kernel('fast', 50e6)], options);
  const [slow, fast] = measurements;
  expect(slow).toMatchObject({ status: 'ok', timing: { method: 'direct', dispatchesPerSample: 1 } });
  expect(fast).toMatchObject({ status: 'ok', timing: { method: 'direct' } });
  const comparison = compare(slow!, fast!)!;
  expect(comparison.ratio).toBeCloseTo(0.1, 2);
  expect(comparison.verdict).toBe('slower');
});

test('a kernel slower than its whole time still gets three samples', async () => {
  const { device, options } = setUp(1, fine);
  const { measurements } = await measure([device.kernel('a', 4e9)], options);
  expect(measurements[0]).toMatchObject({ status: 'ok', timing: { samples: 3, stopped: 'time' } });
});

test('a kernel below resolution gets the reason and no number; the others are measured', async () => {
  const { device, options } = setUp(1, { quantumNs: 65_536, noise: 0.005 });
  const { measurements } = await measure([device.kernel('a', 10), device.kernel('b', 50_000)], options);
  expect(measurements[0]).toMatchObject({ status: 'unresolved', reason: expect.stringContaining('Too short') });
  expect(measurements[0]).not.toHaveProperty('timing');
  expect(measurements[1]?.status).toBe('ok');
});

test('a time whose interval reaches zero is refused', async () => {
  const criterion = { ...thoroughness.quick, seconds: 0.02 };
  let refused = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const { device, options } = setUp(seed, { quantumNs: 1, noise: 0.5 }, { criterion });
    const [a] = (await measure([device.kernel('a', 50_000)], options)).measurements;
    if (a?.status === 'ok') expect(a.timing.ci95Ns[0]).toBeGreaterThan(0);
    else expect(a).toMatchObject({ status: 'unresolved', reason: expect.stringContaining('Not told from zero') });
    if (a?.status === 'unresolved') refused++;
  }
  expect(refused).toBeGreaterThan(5);
});

test('what a subject throws is its own failure', async () => {
  const { device, options } = setUp(1, fine);
  const broken: Subject = { id: 'broken', run: () => Promise.reject(new Error('device lost')) };
  const { measurements } = await measure([device.kernel('a', 50_000), broken], options);
  expect(measurements[0]?.status).toBe('ok');
  expect(measurements[1]).toMatchObject({ status: 'failed', error: new Error('device lost') });
});

test('cancelled half-way, it gives what there is', async () => {
  const controller = new AbortController();
  const { device, options } = setUp(1, { quantumNs: 1, noise: 0.2 }, { signal: controller.signal });
  const kernel = device.kernel('a', 50_000);
  let batches = 0;
  const counted: Subject = {
    id: 'a',
    run: (dispatches) => {
      if (++batches === 60) controller.abort();
      return kernel.run(dispatches);
    },
  };
  const { measurements } = await measure([counted], options);
  expect(measurements[0]).toMatchObject({ status: 'ok', timing: { stopped: 'cancelled' } });
  expect(batches).toBeLessThanOrEqual(61);
});

test('cancelled at once, it says so and gives no number', async () => {
  const { device, options } = setUp(1, fine, { signal: AbortSignal.abort() });
  const { measurements } = await measure([device.kernel('a', 50_000)], options);
  expect(measurements[0]).toMatchObject({ status: 'unresolved', reason: expect.stringContaining('Cancelled') });
});

test('a hidden tab pauses the run, costs no budget and leaves no sample', async () => {
  const { device, options } = setUp(1, { quantumNs: 1, noise: 0.02 });
  device.hide(1, 31);
  const phases: string[] = [];
  const slowWhileHidden = device.kernel('a', 50_000);
  let whileHidden = 0;
  const watched: Subject = {
    id: 'a',
    run: (dispatches) => {
      if (device.host.isHidden()) whileHidden++;
      return slowWhileHidden.run(dispatches);
    },
  };
  const { measurements, flags } = await measure([watched], {
    ...options,
    onProgress: ({ phase }) => phases.push(phase),
  });
  expect(flags).toContainEqual(expect.stringMatching(/^Paused once for \d+\.\d s while the tab was hidden/));
  expect(phases).toContain('paused');
  expect(whileHidden).toBeLessThanOrEqual(1);
  const [a] = measurements;
  if (a?.status !== 'ok') throw new Error('no time');
  expect(a.timing.samples).toBeGreaterThan(20);
  expect(a.timing.flags).toEqual(flags);
});

test('the canary flags a device that throttles, and stays silent on a steady one', async () => {
  const canaryFlags = async (speed: (seconds: number) => number, noise: number) => {
    const { device, options } = setUp(1, { quantumNs: 65_536, noise, speed });
    const { flags } = await measure([device.kernel('a', 50_000), device.kernel('b', 80_000)], {
      ...options,
      canary: device.kernel('canary', 20_000),
    });
    return flags;
  };
  expect(await canaryFlags((seconds) => (seconds < 2 ? 1 : 1.4), 0.02)).toContainEqual(
    expect.stringMatching(/^The device slowed down .* took (3[5-9]|4[0-5]) % longer/),
  );
  expect(await canaryFlags((seconds) => (seconds < 2 ? 1.3 : 1), 0.02)).toContainEqual(
    expect.stringMatching(/^The device sped up .* took (1[89]|2[0-8]) % less/),
  );
  expect(await canaryFlags(() => 1, 0.02)).toEqual([]);
  expect(await canaryFlags(() => 1, 0.06)).toEqual([]);
});

test('samples far outside are set aside, kept raw and mentioned', async () => {
  const { device, options } = setUp(4, { quantumNs: 1, noise: 0.01, outliers: { share: 0.05, ns: 20e6 } });
  const { measurements } = await measure([device.kernel('a', 50_000)], options);
  const [a] = measurements;
  if (a?.status !== 'ok') throw new Error('no time');
  expect(a.timing.samples).toBeLessThan(a.timing.rawNs!.length);
  expect(a.timing.flags).toContainEqual(expect.stringContaining('set aside'));
});

test('a time that is mostly launch cost says so', async () => {
  const { device, options } = setUp(1, fine);
  const { measurements } = await measure([device.kernel('a', 3_000)], options);
  expect(measurements[0]).toMatchObject({ timing: { flags: [expect.stringContaining('Mostly launch cost')] } });
});

test('progress never falls, ends near 1 and counts down', async () => {
  const { device, options } = setUp(1, { quantumNs: 65_536, noise: 0.03 });
  const seen: MeasureProgress[] = [];
  await measure([device.kernel('a', 50_000), device.kernel('b', 50_000)], {
    ...options,
    onProgress: (progress) => seen.push(progress),
  });
  expect(seen[0]).toMatchObject({ phase: 'warm-up', subject: 'a' });
  for (const [i, progress] of seen.entries()) {
    expect(progress.fraction).toBeGreaterThanOrEqual(i === 0 ? 0 : seen[i - 1]!.fraction);
    expect(progress.fraction).toBeLessThanOrEqual(1);
    expect(progress.secondsLeft).toBeGreaterThanOrEqual(0);
  }
  expect(seen.at(-1)!.fraction).toBeGreaterThan(0.9);
});

test('times so far come about once a second, near the truth, with intervals that close in on it', async () => {
  const { device, options } = setUp(1, { quantumNs: 65_536, noise: 0.1 });
  const seen: (MeasureProgress & { readonly at: number })[] = [];
  const { measurements } = await measure([device.kernel('a', 50_000), device.kernel('tiny', 10)], {
    ...options,
    onProgress: (progress) => seen.push({ ...progress, at: device.host.now() }),
  });
  const told = seen.filter(({ soFar }) => soFar);
  expect(told.length).toBeGreaterThanOrEqual(2);
  for (const [i, { at, soFar }] of told.entries()) {
    if (i > 0) expect(at - told[i - 1]!.at).toBeGreaterThan(1000);
    const [time, belowResolution] = soFar!;
    expect(belowResolution).toBeUndefined();
    expect(time!.meanNs / 50_000).toBeCloseTo(1, 0);
    expect(time!.ci95Ns[0]).toBeLessThan(time!.meanNs);
    expect(time!.ci95Ns[1]).toBeGreaterThan(time!.meanNs);
  }
  const last = told.at(-1)!.soFar![0]!;
  expect(measurements[0]).toMatchObject({ status: 'ok' });
  expect(last.ci95Ns[1] - last.ci95Ns[0]).toBeLessThan(told[0]!.soFar![0]!.ci95Ns[1] - told[0]!.soFar![0]!.ci95Ns[0]);
});

test('the same seed on the same clock gives the same, digit for digit', async () => {
  const once = async (seed: number) => {
    const { device, options } = setUp(5, { quantumNs: 65_536, noise: 0.02 });
    return measure([device.kernel('a', 50_000), device.kernel('b', 60_000)], { ...options, seed });
  };
  expect(await once(1)).toEqual(await once(1));
  expect(await once(2)).not.toEqual(await once(1));
});

test('each round takes every subject once, in an order that changes', async () => {
  const { device, options } = setUp(1, { quantumNs: 1, noise: 0.05 });
  const log: string[] = [];
  const logged = (id: string): Subject => {
    const kernel = device.kernel(id, 20e6);
    return {
      id,
      run: (dispatches) => {
        log.push(id);
        return kernel.run(dispatches);
      },
    };
  };
  const { measurements } = await measure(['a', 'b', 'c'].map(logged), { ...options, baseline: undefined });
  const rounds = measurements[0]!.samples.length;
  const orders = Array.from({ length: rounds }, (_, i) => log.slice(log.length - 3 * (i + 1), log.length - 3 * i));
  for (const order of orders) expect([...order].sort()).toEqual(['a', 'b', 'c']);
  expect(new Set(orders.map(String)).size).toBeGreaterThan(3);
});

test('selfCheck counts verdicts of twins', async () => {
  const { device, options } = setUp(1, { quantumNs: 65_536, noise: 0.01 });
  const twins = (device: Simulated, factor: number) =>
    [device.kernel('a', 50_000), device.kernel('a again', 50_000 * factor)] as const;
  const equal = await selfCheck(twins(device, 1), { ...options, repeats: 40 });
  expect(equal.repeats).toBe(40);
  expect(equal.ratios).toHaveLength(40);
  expect(equal.falseShare).toBeLessThanOrEqual(0.05);
  expect(equal.coverage).toBeGreaterThanOrEqual(0.85);
  // Were the twins not alike, it would show.
  const unequal = await selfCheck(twins(device, 1.1), { ...options, repeats: 10 });
  expect(unequal.verdicts.faster).toBe(10);
});
