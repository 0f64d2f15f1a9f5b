/** Shapes that people type: what is refused, and that a parameter may allow zero. */
import { describe, expect, it } from 'vitest';
import { ladders } from '../../src/kernel/catalog.js';
import { defineOperation } from '../../src/kernel/operation.js';
import { checkShape, ShapeError } from '../../src/kernel/tunables.js';

const { operation: copy } = ladders.get('copy')!;
const shifted = defineOperation({
  ...copy,
  parameters: [...copy.parameters, { name: 'offset', about: 'first', min: 0 }],
});

describe('checkShape', () => {
  it('takes positive integers only where a parameter says nothing', () => {
    expect(checkShape(copy, { words: 1 })).toEqual({ words: 1 });
    for (const words of [0, -1, 1.5, 2 ** 32]) {
      expect(() => checkShape(copy, { words })).toThrow(
        new ShapeError(`words must be a positive integer, not ${words}.`),
      );
    }
  });

  it('takes zero where a parameter allows it, and nothing below', () => {
    expect(checkShape(shifted, { words: 1, offset: 0 })).toEqual({ words: 1, offset: 0 });
    expect(() => checkShape(shifted, { words: 1, offset: -1 })).toThrow('offset must be an integer of at least 0');
    expect(() => checkShape(shifted, { words: 0, offset: 0 })).toThrow('words must be a positive integer');
  });
});
