/** Shapes that people type: what is refused, and that a parameter may allow zero. */
import { describe, expect, it } from 'vitest';
import { kernels, ladders } from '../../src/kernel/catalog.js';
import { defineOperation } from '../../src/kernel/operation.js';
import { checkShape, completeTunables, ShapeError } from '../../src/kernel/tunables.js';

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

describe('completeTunables', () => {
  const direct = kernels.get('gemm-f32/direct')!;

  it('fills in defaults', () => {
    expect(completeTunables(direct, { threadN: 8 })).toEqual({ threadM: 4, threadN: 8, groupX: 8, groupY: 8 });
  });

  it('refuses values that are not tested, of which some would compute something else', () => {
    expect(() => completeTunables(direct, { threadN: 7 })).toThrow(
      'Tunable threadN of gemm-f32/direct must be one of 4, 8, not 7.',
    );
    expect(() => completeTunables(direct, { threadN: '8' as never })).toThrow('not the string "8"');
    expect(() => completeTunables(direct, { tile: 8 })).toThrow('no tunable "tile"');
  });
});
