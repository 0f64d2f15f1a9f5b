/** Energy: planted coefficients come back, hand-computed figures hold, ranges and orders are honest, bad input is refused. */
import { describe, expect, it } from 'vitest';
import { calibrate } from '../../src/bench/energy/calibrate.js';
import { chooseClass, gpuClasses, picojoulesPerBit } from '../../src/bench/energy/classes.js';
import { carbonGrams, energyTimeCost, rankByCost, sharedBy, waterLitres } from '../../src/bench/energy/cost.js';
import { datapathPicojoules, datapathSchemes, datapathTables } from '../../src/bench/energy/datapath.js';
import { fitToLog } from '../../src/bench/energy/fit.js';
import { type EnergyModel, estimate, exactly, type Use } from '../../src/bench/energy/model.js';
import { modelOfClass } from '../../src/bench/energy/modelled.js';
import { nonNegativeLeastSquares } from '../../src/bench/energy/nnls.js';
import { differenceRange, estimateAll, orderOf } from '../../src/bench/energy/order.js';
import { joulesBetween, PowerLogError, parsePowerLog } from '../../src/bench/energy/power-log.js';
import { type LoadRun, parseRuns, RunsError } from '../../src/bench/energy/runs.js';
import type { Cost } from '../../src/kernel/operation.js';

const range = (low: number, mid: number, high: number) => ({ low, mid, high });
const cost = (operations: Cost['operations'], bytes: number): Cost => ({
  operations,
  nominal: 1,
  bytesRead: bytes,
  bytesWritten: 0,
});

/** 10 W idle, 100 W at most, 10 pJ an FMA ± a half, 100 pJ a byte of memory, 10 pJ one of the cache, which holds 1 MB. */
const model: EnergyModel = {
  tier: 'modelled',
  source: 'a test',
  idleWatts: exactly(10),
  limitWatts: exactly(100),
  perOperation: {
    fma32: range(5e-12, 10e-12, 15e-12),
    fma16: exactly(5e-12),
    dot4: exactly(10e-12),
    int: range(4e-12, 8e-12, 12e-12),
    sfu: exactly(20e-12),
  },
  perMemoryByte: range(50e-12, 100e-12, 200e-12),
  perCacheByte: exactly(10e-12),
  cacheBytes: { low: 1e6, high: 2e6 },
};
const use = (operations: Cost['operations'], bytes: number, ms: number): Use => ({
  cost: cost(operations, bytes),
  ns: ms * 1e6,
});

describe('the model', () => {
  it('adds idle power, operations and bytes', () => {
    // 10 ms: 0.1 J idle, 10¹⁰ FMA 0.05 / 0.1 / 0.15 J, 10⁹ bytes 0.05 / 0.1 / 0.2 J.
    const { lowJ, midJ, highJ, clamped } = estimate(use({ fma32: 1e10 }, 1e9, 10), model);
    expect([lowJ, midJ, highJ]).toEqual([0.2, 0.3, 0.45].map((value) => expect.closeTo(value, 12)));
    expect(clamped).toBe(false);
  });

  it('takes bytes from the cache that surely holds them, and leaves it open between', () => {
    const bytesJ = (bytes: number) => {
      const { lowJ, midJ, highJ } = estimate(use({}, bytes, 1), model);
      return [lowJ, midJ, highJ].map((joules) => (joules - 0.01) / bytes);
    };
    expect(bytesJ(1e6)).toEqual([10e-12, 10e-12, 10e-12].map((value) => expect.closeTo(value, 20)));
    expect(bytesJ(1.5e6)).toEqual([10e-12, 55e-12, 200e-12].map((value) => expect.closeTo(value, 20)));
    expect(bytesJ(4e6)).toEqual([50e-12, 100e-12, 200e-12].map((value) => expect.closeTo(value, 20)));
  });

  it('stays between idle power and the limit', () => {
    const most = estimate(use({ fma32: 1e15 }, 1e9, 10), model);
    expect(most).toMatchObject({ lowJ: 1, midJ: 1, highJ: 1, clamped: true });
    const least = estimate(use({}, 0, 10), model);
    expect(least.lowJ).toBeCloseTo(0.1, 12);
    expect(least.highJ).toBeCloseTo(0.1, 12);
  });
});

describe('the order of two kernels', () => {
  it('is certain for equal work in different times, however wide the ranges', () => {
    const [fast, slow] = [use({ fma32: 1e10 }, 1e9, 10), use({ fma32: 1e10 }, 1e9, 12)];
    const ranges = [fast, slow].map((one) => estimate(one, model));
    expect(ranges[0]!.highJ).toBeGreaterThan(ranges[1]!.lowJ);
    expect(differenceRange(fast, slow, model)).toEqual([expect.closeTo(-0.02, 12), expect.closeTo(-0.02, 12)]);
    expect(orderOf(fast, slow, model)).toBe('less');
    expect(orderOf(slow, fast, model)).toBe('more');
  });

  it('is not certain where the unsure side decides it', () => {
    // Twice the operations against half the bytes.
    const [compute, memory] = [use({ fma32: 2e10 }, 1e9, 10), use({ fma32: 1e10 }, 2e9, 10)];
    expect(orderOf(compute, memory, model)).toBe('not certain');
    const rows = estimateAll([compute, memory], model);
    expect(rows.map(({ order }) => order)).toEqual(['least', 'not certain']);
    expect(rows[0]).toMatchObject({ tier: 'modelled', source: 'a test', limitWatts: 100 });
  });

  it('gives a single kernel no order', () => {
    expect(estimateAll([use({}, 1, 1)], model)[0]).not.toHaveProperty('order');
  });
});

describe('classes', () => {
  const adapter = { vendor: 'nvidia', architecture: 'hopper', description: '', software: false };

  it('are found by name, by vendor, or by choice', () => {
    const id = (wanted: string, given: object) => {
      const choice = chooseClass(wanted, { ...adapter, ...given });
      return 'gpuClass' in choice ? choice.gpuClass.id : choice.refusal;
    };
    expect(id('auto', { description: 'NVIDIA H100 80GB HBM3' })).toBe('h100-sxm');
    expect(id('auto', { description: 'NVIDIA GeForce RTX 4070 Ti' })).toBe('nvidia-discrete');
    expect(id('auto', {})).toBe('nvidia-discrete');
    expect(id('rtx-4090', {})).toBe('rtx-4090');
    expect(id('auto', { vendor: 'apple', architecture: 'metal-3' })).toBe('apple-integrated');
    expect(id('auto', { vendor: 'acme' })).toContain('No GPU class fits');
    expect(id('rtx-9999', {})).toContain('There is no GPU class');
  });

  it('leave a software adapter without a number', () => {
    expect(chooseClass('h100-sxm', { ...adapter, software: true })).toEqual({
      refusal: expect.stringContaining('A software adapter has no GPU power model'),
    });
  });

  it('have sane figures with a source', () => {
    for (const { limitWatts, memory, source, cacheMiB, peakFma32 } of gpuClasses) {
      expect(limitWatts.low).toBeLessThanOrEqual(limitWatts.mid);
      expect(limitWatts.mid).toBeLessThanOrEqual(limitWatts.high);
      expect(picojoulesPerBit[memory]).toBeGreaterThan(0);
      expect(cacheMiB.low).toBeLessThanOrEqual(cacheMiB.high);
      expect(source).not.toBe('');
      // Board power over the peak rate: 9 to 60 pJ, as published figures say.
      if (peakFma32) expect(limitWatts.mid / peakFma32 / 1e-12).toBeGreaterThan(8);
      if (peakFma32) expect(limitWatts.mid / peakFma32 / 1e-12).toBeLessThan(60);
    }
  });

  it('make a model by the published rule', () => {
    const made = modelOfClass(gpuClasses.find(({ id }) => id === 'a100-sxm')!);
    if ('refusal' in made) throw new Error(made.refusal);
    // 0.6 · (400 − 40) W / 9.75 T per second.
    expect(made.model.perOperation.fma32.mid).toBeCloseTo((0.6 * 360) / 9.75e12, 18);
    expect(made.model.perMemoryByte.mid).toBeCloseTo(8 * 6e-12 * 1.5, 18);
    expect(made.model).toMatchObject({ tier: 'modelled', source: 'a100-sxm' });
  });

  it('that are broad need the ceiling measured', () => {
    const broad = gpuClasses.find(({ id }) => id === 'intel-integrated')!;
    expect(modelOfClass(broad)).toEqual({ refusal: expect.stringContaining('measure the ceilings') });
  });
});

const load = (kernel: string, perSecond: Cost['operations'], bytesPerS: number, start = 0, seconds = 10): LoadRun => ({
  kernel,
  shape: { n: 1 },
  startMs: start,
  endMs: start + 1000 * seconds,
  dispatches: 1000,
  cost: {
    operations: Object.fromEntries(Object.entries(perSecond).map(([kind, rate]) => [kind, (rate * seconds) / 1000])),
    nominal: 1,
    bytesRead: (bytesPerS * seconds) / 1000,
    bytesWritten: 0,
  },
});

describe('calibration by typed watts', () => {
  // 20 pJ an FMA, 60 pJ a byte, 15 W idle.
  const loads = { fma: load('fma', { fma32: 4e12 }, 1e10), copy: load('copy', { iadd: 1e11 }, 1e12) };
  const readings = { idleWatts: 15, fmaWatts: 15 + 80 + 0.6, copyWatts: 15 + 60 };

  it('finds the two planted energies', () => {
    const outcome = calibrate(readings, loads);
    if ('refusal' in outcome) throw new Error(outcome.refusal);
    expect(outcome.model.perOperation.fma32.mid).toBeCloseTo(20e-12, 20);
    expect(outcome.model.perMemoryByte.mid).toBeCloseTo(60e-12, 20);
    expect(outcome.model).toMatchObject({ tier: 'calibrated', idleWatts: { mid: 15 } });
  });

  it('narrows the range', () => {
    const calibrated = calibrate(readings, loads);
    const made = modelOfClass(gpuClasses.find(({ id }) => id === 'a100-sxm')!);
    if ('refusal' in calibrated || 'refusal' in made) throw new Error('no model');
    const width = (one: EnergyModel) => one.perOperation.fma32.high / one.perOperation.fma32.low;
    expect(width(calibrated.model)).toBeLessThan(width(made.model) / 1.5);
  });

  it.each([
    [{ ...readings, fmaWatts: 14 }, 'not above the 15 W at idle'],
    [{ ...readings, copyWatts: 15 }, 'not above the 15 W at idle'],
    [{ ...readings, idleWatts: -1 }, 'is no power'],
    [{ ...readings, fmaWatts: Number.NaN }, 'is no power'],
    [{ ...readings, copyWatts: 75_000 }, 'more than any such computer draws'],
    // So few watts for the FMA load that its bytes alone would have taken more.
    [{ ...readings, fmaWatts: 15.1 }, 'cost less than nothing'],
  ])('refuses %j', (given, sentence) => {
    expect(calibrate(given, loads)).toEqual({ refusal: expect.stringContaining(sentence) });
  });

  it('refuses two loads of the same mixture', () => {
    const same = { fma: loads.fma, copy: { ...loads.fma, kernel: 'copy' } };
    expect(calibrate(readings, same)).toEqual({ refusal: expect.stringContaining('same mixture') });
  });
});

describe('non-negative least squares', () => {
  it('solves what has a non-negative solution', () => {
    const a = [
      [1, 2],
      [3, 4],
      [5, 7],
    ];
    const solution = nonNegativeLeastSquares(
      a,
      a.map(([x, y]) => 2 * x! + 3 * y!),
    );
    expect(solution).toEqual([expect.closeTo(2, 10), expect.closeTo(3, 10)]);
  });

  it('keeps at 0 what would be negative, and meets the conditions of the optimum', () => {
    // The unconstrained solution is (2, −1). With x₁ = 0 what is left is (x₀ − 1)² + (x₀ − 2)², least at 1.5.
    const a = [
      [1, 1],
      [1, 0],
      [0, 1],
    ];
    const b = [1, 2, -1];
    const x = nonNegativeLeastSquares(a, b);
    expect(x).toEqual([expect.closeTo(1.5, 10), 0]);
    const residual = a.map((row, i) => b[i]! - row[0]! * x[0]! - row[1]! * x[1]!);
    const gradient = [0, 1].map((j) => a.reduce((sum, row, i) => sum + row[j]! * residual[i]!, 0));
    expect(gradient[0]).toBeCloseTo(0, 10);
    expect(gradient[1]).toBeLessThanOrEqual(0);
  });

  it('does not mind columns of very different size, or one that repeats another', () => {
    const a = Array.from({ length: 20 }, (_, i) => [1, 1e12 * (1 + ((i * 7) % 5)), 1e9 * (1 + ((i * 3) % 7))]);
    const b = a.map(([x, y, z]) => 12 * x! + 3e-12 * y! + 40e-9 * z!);
    const solution = nonNegativeLeastSquares(a, b);
    for (const [i, wanted] of [12, 3e-12, 40e-9].entries()) expect(solution[i]! / wanted).toBeCloseTo(1, 8);
    const twice = a.map((row) => [...row, row[0]!]);
    const again = nonNegativeLeastSquares(twice, b);
    expect(again[0]! + again[3]!).toBeCloseTo(12, 6);
  });
});

describe('power logs', () => {
  const nvidia = 'timestamp, power.draw [W]\n2026/11/21 10:00:00.000, 100.00 W\n2026/11/21 10:00:01.000, 120.50 W\n';

  it('are read as nvidia-smi writes them', () => {
    const { format, samples } = parsePowerLog(`${nvidia}2026/11/21 10:00:02.000, [N/A]\n`);
    const start = new Date(2026, 10, 21, 10, 0, 0).getTime();
    expect(format).toBe('nvidia-smi');
    expect(samples).toEqual([
      { ms: start, watts: 100 },
      { ms: start + 1000, watts: 120.5 },
    ]);
  });

  it('are read as powermetrics writes them', () => {
    const block = (time: string, mw: number) =>
      `*** Sampled system activity (Sat Nov 21 ${time} 2026 +0100) (1000.00ms elapsed) ***\n\n**** GPU usage ****\nGPU HW active frequency: 400 MHz\nGPU Power: ${mw} mW\n\n`;
    const { format, samples } = parsePowerLog(block('10:00:01', 1500) + block('10:00:02', 2500));
    expect(format).toBe('powermetrics');
    expect(samples).toEqual([
      { ms: Date.UTC(2026, 10, 21, 9, 0, 0, 500), watts: 1.5 },
      { ms: Date.UTC(2026, 10, 21, 9, 0, 1, 500), watts: 2.5 },
    ]);
  });

  it('are read as the Firefox Profiler writes them, in both shapes', () => {
    // 5 J within a second are 5 W: 5 / 3600 Wh in pWh.
    const joules = (amount: number) => (amount / 3600) * 1e12;
    const counter = (samples: object) => ({ name: 'GPU', category: 'power', samples });
    const profile = (samples: object) =>
      JSON.stringify({ meta: { startTime: 1e12 }, counters: [{ category: 'Memory' }, counter(samples)] });
    const expected = [
      { ms: 1e12 + 500, watts: expect.closeTo(5, 9) },
      { ms: 1e12 + 1500, watts: expect.closeTo(7, 9) },
    ];
    const columns = { time: [0, 1000, 2000], count: [0, joules(5), joules(7)] };
    expect(parsePowerLog(profile(columns)).samples).toEqual(expected);
    const rows = {
      schema: { time: 0, count: 1 },
      data: [
        [0, 0],
        [1000, joules(5)],
        [2000, joules(7)],
      ],
    };
    expect(parsePowerLog(profile(rows))).toEqual({ format: 'firefox-profiler', samples: expected });
    const deltas = { timeDeltas: [0, 1000, 1000], count: columns.count };
    expect(parsePowerLog(profile(deltas)).samples).toEqual(expected);
  });

  it('are read from any CSV of time and watts', () => {
    const { samples } = parsePowerLog('watts,time\n5,1000000000.5\n6,2026-11-21T10:00:00Z\n');
    expect(samples).toEqual([
      { ms: 1_000_000_000_500, watts: 5 },
      { ms: Date.UTC(2026, 10, 21, 10), watts: 6 },
    ]);
  });

  it.each([
    ['a,b\n1,2\n', 'no column of time'],
    ['time,current\n1000000000,2\n', 'no column of watts'],
    ['time,watts\n1000000000,-2\n1000000001,3\n', 'cannot be negative'],
    ['time,watts\n1000000000,90000\n1000000001,3\n', 'milliwatts'],
    ['time,watts\n0.1,20\n0.2,30\n', 'unknown start'],
    ['time,watts\nyesterday,20\n', 'is no time'],
    ['time,watts\n1000000000,many\n', 'no number of watts'],
    ['time,watts\n1000000000,2\n', 'fewer than two readings'],
    ['', 'no column'],
    ['{"meta":{"startTime":1},"counters":[]}', 'no power track'],
    ['{"meta":', 'cannot be read'],
  ])('such as %j are refused in a sentence', (text, sentence) => {
    expect(() => parsePowerLog(text)).toThrow(PowerLogError);
    expect(() => parsePowerLog(text)).toThrow(sentence);
  });

  it('are integrated exactly where power runs in straight lines', () => {
    const samples = [
      { ms: 0, watts: 10 },
      { ms: 2000, watts: 30 },
      { ms: 3000, watts: 30 },
      { ms: 4000, watts: 0 },
    ];
    expect(joulesBetween(samples, 0, 4000)).toBe(40 + 30 + 15);
    // From 20 W at 1 s to 15 W at 3.5 s: 25 + 30 + 11.25.
    expect(joulesBetween(samples, 1000, 3500)).toBe(25 + 30 + 11.25);
    expect(joulesBetween(samples, 500, 700)).toBeCloseTo(0.2 * 16, 12);
    expect(joulesBetween(samples, 3000, 4001)).toBeUndefined();
    expect(joulesBetween(samples, -1, 100)).toBeUndefined();
  });
});

describe('the fit to a log', () => {
  const truth = { idle: 30, fma32: 12e-12, int: 9e-12, sfu: 25e-12, bytes: 55e-12 };
  const rates = (i: number) => ({
    fma32: 1e12 * ((i * 5) % 7),
    iadd: 1e12 * ((i * 3) % 5),
    sfu: 2e11 * ((i * 2) % 3),
  });
  const bytesPerS = (i: number) => 1e11 * ((i * 11) % 13);
  const watts = (i: number) => {
    const { fma32, iadd, sfu } = rates(i);
    return truth.idle + fma32 * truth.fma32 + iadd * truth.int + sfu * truth.sfu + bytesPerS(i) * truth.bytes;
  };
  const begin = Date.UTC(2026, 10, 21, 10);
  const record = (count: number) =>
    Array.from({ length: count }, (_, i) => load(`kernel-${i}`, rates(i), bytesPerS(i), begin + 20_000 * i));
  /** Readings ten times a second, constant within each run and a while around it. */
  const logOf = (count: number, of: (i: number) => number, shift = 0) => ({
    format: 'csv' as const,
    samples: Array.from({ length: 200 * count }, (_, j) => ({
      ms: begin + shift - 5000 + 100 * j,
      watts: of(Math.floor(j / 200)),
    })),
  });

  it('finds planted coefficients', () => {
    const outcome = fitToLog(record(14), logOf(14, watts));
    if (outcome.status !== 'ok') throw new Error(outcome.refusal);
    const { perOperation, perMemoryByte, idleWatts, tier } = outcome.model;
    expect(tier).toBe('measured');
    expect(idleWatts.mid).toBeCloseTo(30, 6);
    expect(perOperation.fma32.mid * 1e12).toBeCloseTo(12, 6);
    expect(perOperation.int.mid * 1e12).toBeCloseTo(9, 6);
    expect(perOperation.sfu.mid * 1e12).toBeCloseTo(25, 6);
    expect(perMemoryByte.mid * 1e12).toBeCloseTo(55, 6);
    expect(outcome.leaveOneOut.worst).toBeLessThan(1e-6);
    expect(outcome.pairwiseOrder).toBe(1);
    // Even a perfect fit claims no more than a tenth.
    expect(perOperation.fma32.high / perOperation.fma32.mid).toBeCloseTo(1.1, 9);
  });

  it('shows a power that it cannot explain as error on the kernel left out', () => {
    const odd = (i: number) => (i === 6 ? 3 * watts(i) : watts(i));
    const outcome = fitToLog(record(14), logOf(14, odd));
    if (outcome.status !== 'ok') throw new Error(outcome.refusal);
    expect(outcome.leaveOneOut.worst).toBeGreaterThan(0.4);
    expect(outcome.model.perOperation.fma32.high / outcome.model.perOperation.fma32.mid).toBeGreaterThan(1.1);
  });

  it.each([
    [record(14), logOf(14, watts, 1e9), 'do not overlap'],
    [record(11), logOf(11, watts), 'covers 11 kernels'],
    [Array.from({ length: 14 }, () => record(1)[0]!), logOf(14, watts), 'covers 1 kernels'],
    [record(14), logOf(5, watts), 'covers 5 kernels'],
  ])('is refused in a sentence %#', (runs, log, sentence) => {
    expect(fitToLog(runs, log)).toEqual({ status: 'refused', refusal: expect.stringContaining(sentence) });
  });

  it('reads runs from a file, or says what is wrong with it', () => {
    const file = {
      schema: 'tilewatt/energy-runs@1',
      adapter: { vendor: 'a', architecture: 'b', description: '', software: false },
      runs: record(2),
    };
    expect(parseRuns(JSON.stringify(file))).toEqual(file);
    expect(() => parseRuns('no')).toThrow(RunsError);
    expect(() => parseRuns('{}')).toThrow('These are no runs');
  });
});

describe('what joules come to', () => {
  it('is ranked by energy at η = 1, by time at η = 0, and rises with both', () => {
    expect(energyTimeCost(5, 2, 100, 1)).toBe(5);
    expect(energyTimeCost(5, 2, 100, 0)).toBe(200);
    expect(energyTimeCost(5, 2, 100, 0.5)).toBe(102.5);
    expect(energyTimeCost(6, 2, 100, 0.5)).toBeGreaterThan(energyTimeCost(5, 2, 100, 0.5));
    expect(energyTimeCost(5, 3, 100, 0.5)).toBeGreaterThan(energyTimeCost(5, 2, 100, 0.5));
    expect(() => energyTimeCost(1, 1, 1, 1.1)).toThrow(RangeError);
    const item = (id: string, midJ: number, seconds: number) => ({
      id,
      seconds,
      energy: { tier: 'modelled' as const, source: 'x', lowJ: 0.9 * midJ, midJ, highJ: 1.1 * midJ, limitWatts: 100 },
    });
    const items = [item('frugal', 1, 3), item('fast', 10, 1)];
    expect(rankByCost(items, 1).map(({ item: { id } }) => id)).toEqual(['frugal', 'fast']);
    expect(rankByCost(items, 0).map(({ item: { id } }) => id)).toEqual(['fast', 'frugal']);
    expect(rankByCost(items, 1)[1]!.certain).toBe(true);
    expect(rankByCost([item('a', 1, 1), item('b', 1.1, 1)], 1)[1]!.certain).toBe(false);
  });

  it('is 17.1 g for 300 W during an hour at 57 g/kWh, and 24.69 t for 433,196 kWh', () => {
    expect(carbonGrams(300 * 3600, 57)).toBeCloseTo(17.1, 10);
    expect(carbonGrams(433_196 * 3.6e6, 57) / 1e6).toBeCloseTo(24.692, 3);
    expect(waterLitres(3.6e6, 1.8)).toBeCloseTo(1.8, 12);
  });

  it('is shared out with its range', () => {
    expect(sharedBy({ lowJ: 1, midJ: 2, highJ: 4 }, 4)).toEqual({ lowJ: 0.25, midJ: 0.5, highJ: 1 });
  });
});

describe('the hypothetical datapath', () => {
  const [horowitz, jouppi] = datapathTables;

  it('is Horowitz’s at 45 nm', () => {
    // 3.7 + 0.9 pJ against 0.1 + 0.9 pJ: the 78 % that L-Mul claims for a sum in f32.
    const full = datapathPicojoules(horowitz!, datapathSchemes['f32 multiply-add']!)!;
    const lmul = datapathPicojoules(horowitz!, datapathSchemes['L-Mul f32, sum in f32']!)!;
    expect(full).toBeCloseTo(4.6, 12);
    expect(lmul).toBeCloseTo(1, 12);
    expect(1 - lmul / full).toBeCloseTo(0.783, 3);
  });

  it('has no number where a table lacks one', () => {
    expect(datapathPicojoules(jouppi!, ['int16 add'])).toBeUndefined();
    expect(datapathPicojoules(jouppi!, ['fp32 multiply', 'fp32 add'])).toBeCloseTo(1.69, 12);
  });
});
