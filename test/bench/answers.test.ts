/** Exact answers computed some rows at a time: the same as at once, for every operation, and given up when asked. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { answersFor, sameDraws } from '../../src/bench/answers.js';
import { ladders } from '../../src/kernel/catalog.js';
import type { PickRows, Reference } from '../../src/kernel/operation.js';
import { seededRandom } from '../../src/numerics/random.js';

const everyRow: PickRows = (count) => Uint32Array.from({ length: count }, (_, row) => row);
/** A clock by which nothing takes long. */
const nowMs = (): number => 0;
/** Rows are computed in thirteen blocks or so. */
const inBlocks = { nominal: 64, first: 1, nowMs };

describe.each([...ladders.values()].map(({ operation }) => [operation.id, operation] as const))(
  '%s',
  (_, operation) => {
    const shape = operation.cases[1] ?? operation.cases[0]!;

    it('has the same reference', async () => {
      const inputs = operation.inputs(shape, seededRandom(3));
      let calls = 0;
      const compute = (pick: PickRows) => {
        calls++;
        return operation.reference(inputs, shape, pick);
      };
      const whole = operation.reference(inputs, shape, everyRow);
      same(await answersFor(compute, everyRow, inBlocks), whole);
      expect(calls).toBeGreaterThan(8);
    });

    it.runIf(operation.unquantized)('has the same unquantized result', async () => {
      const draws = sameDraws(() => seededRandom(3));
      const whole = operation.unquantized!(shape, seededRandom(3), everyRow);
      same(await answersFor((pick) => operation.unquantized!(shape, draws(), pick), everyRow, inBlocks), whole);
    });
  },
);

const answer = (pick: PickRows): readonly Reference[] => {
  const rows = pick(1000);
  const values = Float64Array.from(rows, (row) => row * row);
  return [{ output: 'y', columns: 1, rows, values, bounds: new Float64Array(rows.length) }];
};

it('computes little work at once', async () => {
  let calls = 0;
  const compute = (pick: PickRows) => {
    calls++;
    return answer(pick);
  };
  await answersFor(compute, everyRow, { nominal: 1e6, nowMs });
  expect(calls).toBe(1);
});

it.each([
  ['rows take their time', (rows: number) => rows, 64],
  ['the time does not depend on the rows', () => 1000, 16],
])('goes on in %s', async (_, costMs, most) => {
  let [now, calls] = [0, 0];
  const compute = (pick: PickRows) => {
    calls++;
    const answers = answer(pick);
    now += costMs(answers[0]!.rows.length) * 20;
    return answers;
  };
  const answers = await answersFor(compute, everyRow, { nominal: 64, first: 1, nowMs: () => now });
  expect(answers).toEqual(answer(everyRow));
  expect(calls).toBeLessThanOrEqual(most);
  expect(calls).toBeGreaterThanOrEqual(most / 2);
});

it('picks the rows of a sample once', async () => {
  let picks = 0;
  const pick: PickRows = () => {
    picks++;
    return Uint32Array.of(0, 17, 999);
  };
  const [reference] = await answersFor(answer, pick, { nominal: 64, first: 1, nowMs });
  expect([...reference!.values]).toEqual([0, 289, 998_001]);
  expect(picks).toBe(1);
});

it('is given up between two blocks', async () => {
  const controller = new AbortController();
  let calls = 0;
  const compute = (pick: PickRows) => {
    calls++;
    // As a message would that comes meanwhile.
    setTimeout(() => controller.abort());
    return answer(pick);
  };
  const { signal } = controller;
  await expect(answersFor(compute, everyRow, { ...inBlocks, signal })).rejects.toThrow(
    expect.objectContaining({ name: 'AbortError' }),
  );
  expect(calls).toBe(1);
});

describe('generators in the same state', () => {
  it('give the same arrays, which their owners may change', () => {
    const draws = sameDraws(() => seededRandom(5));
    const first = draws().values(4);
    const expected = [...first];
    first.fill(0);
    for (let i = 0; i < 3; i++) {
      const again = draws().values(4);
      expect([...again]).toEqual(expected);
      again.fill(0);
    }
  });

  it('draw anew where single numbers are drawn too', () => {
    const draws = sameDraws(() => seededRandom(5));
    const all = Array.from({ length: 3 }, () => {
      const random = draws();
      return [random.below(100), ...random.values(2), random.next()];
    });
    expect(all[1]).toEqual(all[0]);
    expect(all[2]).toEqual(all[0]);
  });
});

type Answer = Pick<Reference, 'output' | 'columns' | 'rows' | 'values'>;

/** Without printing thousands of numbers where it fails. */
function same(blocks: readonly Answer[], whole: readonly Answer[]): void {
  const outputs = whole.map(({ output }) => output);
  expect(blocks.map(({ output }) => output)).toEqual(outputs);
  const differing = whole.flatMap((each, i) =>
    Object.entries(each).flatMap(([name, value]) => {
      const other = (blocks[i] as Readonly<Record<string, unknown>>)[name];
      return isDeepStrictEqual(value, other) ? [] : [`${each.output} ${name}`];
    }),
  );
  expect(differing).toEqual([]);
}
