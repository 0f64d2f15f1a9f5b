/** Observers of activations on distributions whose best range is known, and calibration runs. */
import { describe, expect, it } from 'vitest';
import { byteParameters, calibrate, observedBy, throughBytes } from '../../../src/models/quantize/calibrate.js';
import { Observer, observerKinds } from '../../../src/models/quantize/observers.js';
import { hostTensor } from '../../../src/models/run/values.js';
import { sqnr } from '../../../src/numerics/quality.js';
import { seededRandom } from '../../../src/numerics/random.js';

function observed(values: ArrayLike<number>): Observer {
  const observer = new Observer();
  observer.add(values);
  return observer;
}

/** Normal values with a few far away, as activations with outliers have them. */
function outlying(): Float32Array<ArrayBuffer> {
  const values = seededRandom(1).values(50_000);
  for (let i = 0; i < 5; i++) values[i * 9000] = 60;
  return values;
}

describe('observers', () => {
  it('keep exact extremes, and 0 in every range', () => {
    expect(observed([3, 7.5, 4]).range({ kind: 'min-max' })).toEqual({ least: 0, most: 7.5 });
    expect(observed([-3, -0.5]).range({ kind: 'min-max' })).toEqual({ least: -3, most: 0 });
    for (const kind of observerKinds) expect(observed([0, 0]).range({ kind })).toEqual({ least: 0, most: 0 });
  });

  it('give the same whatever order and portions values come in', () => {
    const values = outlying();
    const [whole, parts] = [observed(values), new Observer()];
    for (let i = values.length; i > 0; i -= 1000) parts.add(values.subarray(i - 1000, i));
    for (const kind of observerKinds) expect(parts.range({ kind })).toEqual(whole.range({ kind }));
  });

  it('cut percentiles where the distribution has them', () => {
    const { least, most } = observed(seededRandom(1, 'uniform').values(100_000)).range({
      kind: 'percentile',
      percentile: 90,
    });
    expect(Math.abs(least + 0.9)).toBeLessThan(0.02);
    expect(Math.abs(most - 0.9)).toBeLessThan(0.02);
    expect(() => observed([1]).range({ kind: 'percentile', percentile: 10 })).toThrow(/above 50/);
  });

  it('give outliers up where that helps the rest', () => {
    const values = outlying();
    const body = values.filter((value) => Math.abs(value) < 10);
    const quality = (kind: (typeof observerKinds)[number]): number =>
      sqnr(body, throughBytes(body, observed(values).range({ kind, percentile: 99.9 })));
    for (const kind of ['percentile', 'entropy'] as const)
      expect(observed(values).range({ kind, percentile: 99.9 }).most).toBeLessThan(60);
    for (const kind of ['percentile', 'entropy'] as const)
      expect(quality(kind)).toBeGreaterThan(quality('min-max') + 3);
  });

  it('find the range of least squared error', () => {
    const values = seededRandom(2, 'laplace').values(50_000);
    const observer = observed(values);
    const error = (kind: 'min-max' | 'mse'): number => -sqnr(values, throughBytes(values, observer.range({ kind })));
    expect(error('mse')).toBeLessThanOrEqual(error('min-max'));
  });

  it('refuse what is not finite, and ranges of nothing', () => {
    expect(() => observed([1, Number.NaN])).toThrow(/holds NaN/);
    expect(() => new Observer().range({ kind: 'entropy' })).toThrow(/no values/);
  });
});

describe('bytes of activations', () => {
  it('hold 0 exactly and clamp at both ends', () => {
    for (const range of [
      { least: -1.3, most: 2.7 },
      { least: 0, most: 5 },
      { least: -4, most: 0 },
    ]) {
      const { scale, zero } = byteParameters(range);
      const rounded = throughBytes(Float64Array.of(0, range.least, range.most, -100, 100), range);
      expect(rounded[0]).toBe(0);
      expect(Math.abs(rounded[1]! - range.least)).toBeLessThan(scale);
      expect(rounded[3]).toBe((0 - zero) * scale);
      expect(rounded[4]).toBe((255 - zero) * scale);
    }
    expect(byteParameters({ least: 0, most: 0 })).toEqual({ scale: 1, zero: 0 });
  });
});

describe('calibration', () => {
  const run = async (inputs: ReadonlyMap<string, ReturnType<typeof hostTensor>>) => inputs;
  const data = [1, 2].map((scale) => new Map([['x', hostTensor('f32', [4], [-scale, 0, scale, 3 * scale])]]));

  it('watches all runs, and can be seen through another observer', async () => {
    const seen = await calibrate(['x'], data, run as never);
    expect(seen.runs).toBe(2);
    expect(seen.records.get('x')).toMatchObject({ range: { least: -2, most: 6 } });
    expect(seen.records.get('x')!.samples).toHaveLength(2);
    const narrow = observedBy(seen, { kind: 'percentile', percentile: 60 });
    expect(narrow.records.get('x')!.range.most).toBeLessThan(6);
  });

  it('says what is missing', async () => {
    await expect(calibrate(['x'], [], run as never)).rejects.toThrow(/no data/);
    await expect(calibrate(['z'], data, run as never)).rejects.toThrow(/"z": was not made/);
  });
});
