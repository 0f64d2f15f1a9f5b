/** x ← c·(a·x + b) + d with c = 1/a, a power of two: two multiply-adds that add one whole number, exactly. */
import type { Random } from '../../../src/numerics/random.js';
import { lanes } from './recurrence.js';

/** What two multiply-adds add to x, per lane: 1 or −1. */
export function increment(coefficients: readonly number[], lane: number): number {
  const [, b, c, d] = [0, 1, 2, 3].map((row) => coefficients[row * lanes + lane]!);
  return c! * b! + d!;
}

/** a, b, c, d for each lane, one vector after the other. */
export function drawCoefficients(random: Random): readonly number[] {
  const drawn = Array.from({ length: lanes }, () => {
    const a = [2, 4, -2, -4][random.below(4)]!;
    const beta = random.below(4) - 1;
    const gain = random.next() < 0.5 ? -1 : 1;
    return [a, a * beta, 1 / a, gain - beta];
  });
  return [0, 1, 2, 3].flatMap((row) => drawn.map((lane) => lane[row]!));
}

/** −512 … 511: with 1,024 steps of ±1 and a factor of 4 everything stays a whole number that even f16 holds exactly. */
export const drawStart = (random: Random): number => random.below(1024) - 512;
