/** What joules come to: rankings, carbon and water, shares, and the hypothetical datapath that is kept apart from them. */
import { describe, expect, it } from 'vitest';
import { carbonGrams, energyTimeCost, rankByCost, sharedBy, waterLitres } from '../../src/bench/energy/cost.js';
import { datapathPicojoules, datapathSchemes, datapathTables } from '../../src/bench/energy/datapath.js';

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
