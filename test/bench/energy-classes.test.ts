/** Classes of GPUs: which fits an adapter, sane figures with their sources, and the model made from them. */
import { describe, expect, it } from 'vitest';
import { chooseClass, gpuClasses, picojoulesPerBit } from '../../src/bench/energy/classes.js';
import { modelOfClass } from '../../src/bench/energy/modelled.js';

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
