/** Joining dimensions for kernels that walk at most six, and the tables that resizing is made of. */
import { describe, expect, it } from 'vitest';
import { tapsOf } from '../../src/models/run/resize-taps.js';
import { coalesce } from '../../src/models/run/walks.js';

describe('coalesce', () => {
  it('joins what all operands step through alike', () => {
    expect(coalesce([2, 3, 4], [12, 4, 1], [12, 4, 1])).toEqual({ dims: [24], steps: [[1], [1]] });
  });

  it('keeps apart what one of them is broadcast over', () => {
    expect(coalesce([2, 3, 4], [12, 4, 1], [0, 0, 1])).toEqual({
      dims: [6, 4],
      steps: [
        [4, 1],
        [0, 1],
      ],
    });
    expect(coalesce([2, 3, 4], [12, 4, 1], [0, 1, 0])).toEqual({
      dims: [2, 3, 4],
      steps: [
        [12, 4, 1],
        [0, 1, 0],
      ],
    });
  });

  it('drops dimensions of size 1, whatever their steps', () => {
    expect(coalesce([1, 5, 1, 7], [99, 7, 99, 1], [0, 7, 3, 1])).toEqual({ dims: [35], steps: [[1], [1]] });
    expect(coalesce([1, 1], [4, 4])).toEqual({ dims: [1], steps: [[0]] });
    expect(coalesce([], [])).toEqual({ dims: [1], steps: [[0]] });
  });

  it('joins steps backwards', () => {
    expect(coalesce([3, 4], [-4, -1])).toEqual({ dims: [12], steps: [[-1]] });
  });

  it('gives up above six dimensions', () => {
    expect(coalesce([2, 2, 2, 2, 2, 2, 2], [1, 2, 4, 8, 16, 32, 64])).toBeUndefined();
    expect(coalesce([2, 2, 2, 2, 2, 2, 2], [64, 32, 16, 8, 4, 2, 1])).toBeDefined();
  });
});

describe('tapsOf', () => {
  const rules = {
    mode: 'linear',
    coordinates: 'half_pixel',
    nearest: 'round_prefer_floor',
    cubic: -0.75,
    excludeOutside: false,
    antialias: false,
  };
  const doubled = { size: 2, places: 4, scale: 2, begin: 0, end: 1 };

  it('interpolates between neighbours, edges repeated', () => {
    const { count, index, weight } = tapsOf(doubled, rules);
    expect(count).toBe(2);
    expect([...index]).toEqual([0, 0, 0, 1, 0, 1, 1, 1]);
    expect([...weight]).toEqual([0.25, 0.75, 0.75, 0.25, 0.25, 0.75, 0.75, 0.25]);
  });

  it('takes one place for nearest, so that nothing else is read', () => {
    const { count, index, weight } = tapsOf(doubled, { ...rules, mode: 'nearest', coordinates: 'asymmetric' });
    expect(count).toBe(1);
    expect([...index]).toEqual([0, 0, 1, 1]);
    expect([...weight]).toEqual([1, 1, 1, 1]);
  });

  it('weighs to 1 with a low-pass filter and where places outside are left out', () => {
    for (const mode of ['linear', 'cubic']) {
      const shrunk = { size: 10, places: 4, scale: 0.4, begin: 0, end: 1 };
      for (const each of [{ antialias: true }, { excludeOutside: true }]) {
        const { count, weight } = tapsOf(shrunk, { ...rules, mode, ...each });
        for (let j = 0; j < 4; j++) {
          const sum = weight.subarray(j * count, (j + 1) * count).reduce((total, value) => total + value, 0);
          expect(sum).toBeCloseTo(1, 6);
        }
      }
    }
  });

  it('marks what lies outside of a crop', () => {
    const crop = { size: 4, places: 3, scale: 0.75, begin: 0.5, end: 1.5 };
    const { count, index } = tapsOf(crop, { ...rules, coordinates: 'tf_crop_and_resize' });
    expect([0, 1, 2].map((j) => index[j * count]! < 0)).toEqual([false, false, true]);
  });
});
