/** The energy model: hand-computed figures hold, ranges and orders are honest. */
import { describe, expect, it } from 'vitest';
import { type EnergyModel, estimate, exactly, type Use } from '../../src/bench/energy/model.js';
import { differenceRange, estimateAll, orderOf } from '../../src/bench/energy/order.js';
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
