/** What is shown of the points of a search. */
import { describe, expect, it } from 'vitest';
import { heatMap, mostTelling } from '../../src/bench/tune/points.js';

describe('heat map', () => {
  it('shows the best of the rest per cell, and picks the two tunables that tell most', () => {
    const point = (a: number, b: number, c: number, ratio?: number) => ({
      tunables: { a, b, c },
      state: ratio === undefined ? ('untried' as const) : ('racing' as const),
      ...(ratio === undefined ? {} : { ratio }),
    });
    const points = [
      point(1, 1, 1, 1),
      point(2, 1, 1, 1.01),
      point(1, 4, 1, 3),
      point(1, 4, 2, 2),
      point(1, 1, 2, 0.5),
      point(2, 4, 1, 2.9),
      point(2, 4, 2),
    ];
    expect(mostTelling(points)).toEqual(['b', 'c']);
    expect(heatMap(points, 'a', 'b')).toEqual([
      { x: 1, y: 1, ratio: 1, timed: 2, of: 2 },
      { x: 2, y: 1, ratio: 1.01, timed: 1, of: 1 },
      { x: 1, y: 4, ratio: 3, timed: 2, of: 2 },
      { x: 2, y: 4, ratio: 2.9, timed: 1, of: 2 },
    ]);
  });
});
