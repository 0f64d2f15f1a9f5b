/** Block-wise int8 activations: against plain rounding, and where a device may differ. */
import { describe, expect, it } from 'vitest';
import { quantizeInt8Blocks } from '../../src/numerics/int8-blocks.js';
import { seededRandom } from '../../src/numerics/random.js';

describe('quantizeInt8Blocks', () => {
  it('is within half a step of every value and reaches ±127 in every block', () => {
    const values = seededRandom(1).values(320);
    const { codes, scales } = quantizeInt8Blocks(values, 32);
    values.forEach((value, i) => {
      const scale = scales[Math.floor(i / 32)]!;
      expect(Math.abs(codes[i]! * scale - value)).toBeLessThanOrEqual(scale * 0.50001);
    });
    for (let b = 0; b < 10; b++) {
      expect(Math.max(...codes.subarray(b * 32, b * 32 + 32).map(Math.abs))).toBe(127);
    }
  });
  it('marks a value on a tie and no other', () => {
    const { codes, uncertain } = quantizeInt8Blocks([127, 2.5, 3.4, -4.5, 0], 5);
    expect([...uncertain]).toEqual([0, 1, 0, 1, 0]);
    expect([...codes]).toEqual([127, 2, 3, -4, 0]);
  });
  it('gives zeros for a block of zeros, and refuses NaN', () => {
    expect([...quantizeInt8Blocks([0, 0], 2).codes]).toEqual([0, 0]);
    expect(() => quantizeInt8Blocks([1, Number.NaN], 2)).toThrow('Activation 1 is NaN');
  });
});
