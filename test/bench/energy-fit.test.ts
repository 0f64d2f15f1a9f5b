/** Fitting a model to a power log: planted coefficients come back, what it cannot explain shows as error, thin logs are refused. */
import { describe, expect, it } from 'vitest';
import { fitToLog } from '../../src/bench/energy/fit.js';
import { nonNegativeLeastSquares } from '../../src/bench/energy/nnls.js';
import { parseRuns, RunsError } from '../../src/bench/energy/runs.js';
import { loadRun as load } from '../support/load-run.js';

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
