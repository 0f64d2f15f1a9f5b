/** Crossings of planted power laws are found where they are. */
import { describe, expect, it } from 'vitest';
import { pairSentences, pairsOf, plainAxis } from '../../src/bench/crossing-words.js';
import { findCrossings } from '../../src/bench/crossover.js';
import type { Comparison } from '../../src/bench/results.js';

const comparison = (at: number, ratio: number, spread = 1.1): Comparison => ({
  a: 'sparse',
  b: 'dense',
  shape: { m: 1 },
  ratio,
  ci95: [ratio / spread, ratio * spread],
  verdict: 'undecided',
  pairs: 10,
  at,
});

describe('findCrossings', () => {
  it('finds the break-even of a kernel whose time grows with density', () => {
    // Sparse takes 3·d of the dense time: even at d = 1/3, and within ±10 % from 0.303 to 0.367.
    const [crossing, ...rest] = findCrossings([0.9, 0.5, 0.2, 0.05].map((d) => comparison(d, 1 / (3 * d))));
    expect(rest).toEqual([]);
    expect(crossing!.at).toBeCloseTo(1 / 3, 6);
    expect(crossing!.above).toBe('b');
    expect(crossing!.range[0]).toBeCloseTo(1 / 3.3, 6);
    expect(crossing!.range[1]).toBeCloseTo(1.1 / 3, 6);
  });

  it('finds from which size a kernel pays', () => {
    const [crossing] = findCrossings([64, 128, 256, 512].map((n) => comparison(n, n / 200)));
    expect(crossing).toMatchObject({ above: 'a' });
    expect(crossing!.at).toBeCloseTo(200, 6);
    expect(crossing!.range[0]).toBeCloseTo(200 / 1.1, 4);
  });

  it('says nothing where one is faster everywhere, and leaves ends open that the sweep does not reach', () => {
    expect(findCrossings([comparison(1, 2), comparison(2, 3)])).toEqual([]);
    const [crossing] = findCrossings([comparison(1, 0.95), comparison(2, 1.05)]);
    expect(crossing!.range).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('takes ratios that go to and fro where neither is clearly faster for noise', () => {
    const unsure = (at: number, ratio: number) => comparison(at, ratio, 3);
    const thrice = [comparison(32, 0.4), unsure(64, 1.6), unsure(96, 0.5), unsure(128, 1.6)];
    const found = findCrossings(thrice);
    expect(found).toMatchObject([{ above: 'a' }]);
    expect(found[0]!.at).toBeGreaterThan(64);
    expect(found[0]!.at).toBeLessThan(96);
    expect(found[0]!.range[0]).toBeGreaterThan(32);
    expect(found[0]!.range[0]).toBeLessThan(64);
    expect(found[0]!.range[1]).toBe(Number.POSITIVE_INFINITY);
    expect(findCrossings(thrice.slice(0, 3))).toEqual([]);
    expect(findCrossings([...thrice, comparison(256, 0.2)])).toEqual([]);
    expect(findCrossings([comparison(32, 0.4), comparison(64, 1.6), comparison(96, 0.4)])).toHaveLength(2);
  });
});

describe('pairSentences', () => {
  const say = (...comparisons: Comparison[]) => pairSentences(pairsOf(comparisons)[0]!, plainAxis('n'));

  it('names the place, and from where to where either may be faster', () => {
    expect(say(comparison(100, 0.5), comparison(400, 2))).toEqual([
      'sparse is faster than dense above n 200 (either may be faster from 182 to 220).',
    ]);
    expect(say(comparison(100, 0.5), comparison(400, 2, 4))[0]).toMatch(
      /above n 200 \(either may be faster from \d+ up\)/,
    );
    expect(say(comparison(100, 0.5, 4), comparison(400, 2))[0]).toMatch(
      /above n 200 \(either may be faster up to \d+\)/,
    );
    expect(say(comparison(100, 0.5, 4), comparison(400, 2, 4))[0]).toMatch(
      /cross near n 200, but which is faster is und/,
    );
  });
});
