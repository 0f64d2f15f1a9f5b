/** Lanes of a drawn graph: values run from who makes them to who takes them last, and lanes are used again. */
import { describe, expect, it } from 'vitest';
import { lanesOf } from '../src/ui/models/graph-lanes.js';

const nodes = (...from: readonly (readonly number[])[]) => from.map((each) => ({ from: each }));

describe('lanes', () => {
  it('of a chain are one', () => {
    expect(lanesOf(nodes([], [0], [1]))).toEqual([
      { at: 0, taken: [], past: [], goesOn: true },
      { at: 0, taken: [0], past: [], goesOn: true },
      { at: 0, taken: [0], past: [], goesOn: false },
    ]);
  });

  it('run past nodes that do not take their value, and end where it is taken last', () => {
    // A residual block: 0 → 1 → 2, and 3 adds 0 and 2.
    const rows = lanesOf(nodes([], [0], [1], [0, 2]));
    expect(rows.map(({ at }) => at)).toEqual([0, 1, 1, 0]);
    expect(rows.map(({ past }) => past)).toEqual([[], [0], [0], []]);
    expect(rows[3]).toMatchObject({ taken: [0, 1], goesOn: false });
  });

  it('are free again for later values', () => {
    const rows = lanesOf(nodes([], [], [0, 1], [], [2, 3]));
    expect(rows.map(({ at }) => at)).toEqual([0, 1, 0, 1, 0]);
  });
});
