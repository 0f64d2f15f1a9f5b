/** Calibration by typed watts: planted energies come back, ranges narrow, readings that cannot be are refused. */
import { describe, expect, it } from 'vitest';
import { calibrate } from '../../src/bench/energy/calibrate.js';
import { gpuClasses } from '../../src/bench/energy/classes.js';
import type { EnergyModel } from '../../src/bench/energy/model.js';
import { modelOfClass } from '../../src/bench/energy/modelled.js';
import { loadRun as load } from '../support/load-run.js';

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
