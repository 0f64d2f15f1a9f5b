/** The timer's own facts, found from readings of clocks whose facts are known. */
import { describe, expect, test } from 'vitest';
import { calibrateTimer, findQuantum } from '../../src/bench/calibrate.js';
import { seededRandom } from '../../src/numerics/random.js';
import { launchNs, overheadNs, simulate } from './simulated.js';

describe('calibrateTimer', () => {
  test.each([
    [1, 0.02],
    [5_000, 0.02],
    [65_536, 0.02],
    [100_000, 0.02],
  ])('finds a step of %i ns, the overhead and the launch cost', async (quantumNs, noise) => {
    for (let seed = 1; seed <= 20; seed++) {
      const device = simulate(seed, { quantumNs, noise });
      const facts = await calibrateTimer({
        kind: 'timestamp',
        empty: device.kernel('empty', launchNs),
        readback: async () => 470_000,
        host: device.host,
      });
      if (quantumNs > 1) expect(Math.abs(facts.quantumNs / quantumNs - 1)).toBeLessThan(1e-6);
      else expect(facts.quantumNs).toBeLessThanOrEqual(2);
      // Mean of 64 readings of one dispatch, each off by at most half a step (one standard deviation).
      expect(Math.abs(facts.overheadNs - overheadNs)).toBeLessThan(1000 + (4 * quantumNs) / 2 / 8);
      expect(Math.abs(facts.launchNs! / launchNs - 1)).toBeLessThan(0.5);
      expect(facts.readbackNs).toBe(470_000);
    }
  });

  test('is not misled by batches that another program interrupts', async () => {
    const device = simulate(9, { quantumNs: 1, noise: 0.02, outliers: { share: 0.1, ns: 3e6 } });
    const empty = device.kernel('empty', launchNs);
    const facts = await calibrateTimer({ kind: 'timestamp', empty, host: device.host });
    expect(Math.abs(facts.overheadNs - overheadNs)).toBeLessThan(1000);
    expect(facts).not.toHaveProperty('readbackNs');
  });

  test('stays within its time where every batch is slow', async () => {
    const device = simulate(3, { quantumNs: 1000 });
    const start = device.host.now();
    await calibrateTimer({ kind: 'wall', empty: device.kernel('empty', 100e6), host: device.host, seconds: 0.5 });
    // Eleven batches are the least it needs: one to compile, two to find the batch, three of each kind.
    expect(device.host.now() - start).toBeLessThan(4000);
  });
});

describe('findQuantum', () => {
  test('finds a step that is no whole number of ns', () => {
    const random = seededRandom(1);
    const step = 250 / 3;
    const readings = Array.from({ length: 60 }, () => Math.round(step * (100 + random.below(500))));
    expect(findQuantum(readings)).toBeCloseTo(step, 0);
  });
  test('is not misled by one odd reading', () => {
    const readings = Array.from({ length: 60 }, (_, i) => 100_000 * (i % 7));
    expect(findQuantum([...readings, 123_456])).toBeCloseTo(100_000, -1);
  });
  test('is 0 where nothing was told apart', () => {
    expect(findQuantum([500, 500, 500])).toBe(0);
  });
});
