/** Compressed sparse rows on real WebGPU where rows are as unequal as can be: one with nearly all weights, many with none. */
import { describe, expect, it } from 'vitest';
import { createProblem } from '../src/bench/problem.js';
import { verifyVariant } from '../src/bench/verify.js';
import { ladders } from '../src/kernel/catalog.js';
import type { Operation, Shape } from '../src/kernel/operation.js';
import { checkShape, defaultTunables } from '../src/kernel/tunables.js';
import { seededRandom } from '../src/numerics/random.js';
import { encodeCsr } from '../src/numerics/sparse/csr.js';
import { rowsByLength } from '../src/numerics/sparse/row-order.js';
import { testDevice } from './support/dawn.js';

const { gpu, pipelines } = await testDevice();
const nowMs = (): number => performance.now();
const everything = { seed: 1, distribution: 'normal', referenceBudget: Number.POSITIVE_INFINITY, nowMs } as const;

const [rows, columns, long] = [61, 2003, 37];

/** Lengths of the rows; together as many as the density says. */
const lengths = {
  'one long row, the others empty': (row: number) => (row === long ? 1900 : 0),
  'one long row among short ones': (row: number) => (row === long ? 1780 : 2),
  'a long row at either end': (row: number) => (row === 0 ? 950 : row === rows - 1 ? 950 : 0),
  'rows that end where chunks of weights do': (row: number) => (row < 59 ? 32 : 6 * (row - 59)),
} as const;

const kept = (lengthOf: (row: number) => number): number =>
  Array.from({ length: rows }, (_, row) => lengthOf(row)).reduce((a, b) => a + b);

function skewed(operation: Operation, lengthOf: (row: number) => number, n: number): Operation {
  const random = seededRandom(4);
  const dense = random.values(rows * columns);
  const mask = Uint8Array.from(dense, (_, i) =>
    ((i % columns) * 7) % columns < lengthOf(Math.floor(i / columns)) ? 1 : 0,
  );
  const { rowPtr, colIdx, values } = encodeCsr(dense, { rows, columns }, mask);
  expect(values.length).toBe(kept(lengthOf));
  const right = random.values(columns * n);
  const vector = operation.id === 'spmv-csr' ? 'x' : 'X';
  return { ...operation, inputs: () => ({ rowPtr, colIdx, values, rowOrder: rowsByLength(rowPtr), [vector]: right }) };
}

it.each(['spmm-csr', 'spmv-csr', 'spmm-bitmap', 'spmm-block'])('%s refuses a density of 0 in one sentence', (id) => {
  const { operation } = ladders.get(id)!;
  const shape = { ...operation.cases[1]!, densityPerMille: 0 };
  expect(() => checkShape(operation, shape)).toThrow('densityPerMille must be a positive integer, not 0.');
  expect(operation.valid!(shape)).toBe('A density of 0 per mille is impossible; choose 1 … 1000.');
});

describe('a row that is to be long', () => {
  const { operation } = ladders.get('spmm-csr')!;
  const base = { m: 21, n: 3, k: 2000, densityPerMille: 48 };

  it('has so many weights, the others what the density leaves them', () => {
    const shape = { ...base, longRowPerMille: 750 };
    const { rowPtr } = operation.inputs(shape, seededRandom(2));
    const lengths = Array.from({ length: 21 }, (_, row) => rowPtr![row + 1]! - rowPtr![row]!);
    expect([lengths[10], rowPtr![21]]).toEqual([1500, 2016]);
    expect(Math.max(...lengths.filter((_, row) => row !== 10))).toBeLessThan(60);
  });

  it('need not be asked for', () => {
    expect(checkShape(operation, base)).toEqual({ ...base, longRowPerMille: 0 });
    const drawn = () => seededRandom(2);
    expect(operation.inputs({ ...base, longRowPerMille: 0 }, drawn())).toEqual(operation.inputs(base, drawn()));
  });

  it.each([
    [{ longRowPerMille: 1001 }, 'A row cannot keep 1001 thousandths of itself; choose 0 … 1000.'],
    [
      { densityPerMille: 10, longRowPerMille: 300 },
      'A row of 600 weights is more than the 420 that this density keeps of all rows.',
    ],
    [
      { densityPerMille: 1000, longRowPerMille: 1 },
      'The other rows have room for 40000 of the 41998 weights that this density leaves them; choose a longer row.',
    ],
  ])('is refused where it cannot be: %o', (change, sentence) => {
    expect(operation.valid!({ ...base, ...change })).toBe(sentence);
  });
});

describe.each(Object.entries(lengths))('%s', (_, lengthOf) => {
  it.each(['spmv-csr', 'spmm-csr'])('is multiplied rightly by every rung of %s', async (id) => {
    const { operation, kernels } = ladders.get(id)!;
    const n = id === 'spmm-csr' ? 6 : 1;
    // Lengths follow from the density, so it is the exact one and no whole number of thousandths.
    const densityPerMille = (1000 * kept(lengthOf)) / (rows * columns);
    const shape: Shape = { m: rows, k: columns, densityPerMille, ...(n > 1 ? { n } : {}) };
    const problem = await createProblem(gpu, skewed(operation, lengthOf, n), shape, everything);
    for (const kernel of kernels) {
      // Chunks so short that some of the rows end where they do.
      const tunables = { ...defaultTunables(kernel), ...('chunk' in kernel.tunables && { chunk: 32 }) };
      const outcome = await verifyVariant(gpu, pipelines, kernel, tunables, problem, nowMs);
      if (outcome.status === 'ok') outcome.bound.destroy();
      else expect(outcome.status, `${kernel.id}: ${outcome.reason}`).toBe('unsupported');
    }
    problem.destroy();
  });
});
