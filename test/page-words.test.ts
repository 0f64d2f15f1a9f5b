/** The headline of the comparison where nothing was timed: what it says of one kernel, and of several. */
import { expect, it } from 'vitest';
import type { ResultRow } from '../src/bench/results.js';
import type { Run, Rung } from '../src/ui/run.js';
import { headlineOf } from '../src/ui/words.js';

const shape = { m: 64, n: 64, k: 64 };

function headline(...statuses: readonly ResultRow['status'][]): string {
  const rungs = statuses.map((status, i): Rung => {
    const id = `gemm-f32/${i}`;
    const row = { kernel: id, operation: 'gemm-f32', shape, tunables: {}, status } as ResultRow;
    return { id, name: `${i}`, title: '', row, isBaseline: false };
  });
  const run = { state: 'done', request: { operation: 'gemm-f32', shape }, rows: [], comparisons: [] };
  const { before, kernel = '', after } = headlineOf(run as unknown as Run, rungs, 'a GPU');
  return `${before}${kernel}${after}`;
}

it.each([
  [['unsupported'], 'gemm-f32/0 is not supported here at 64³. Its row below says why.'],
  [['ok'], 'gemm-f32/0 is right, but could not be timed at 64³. Its row below says why.'],
  [['wrong'], 'gemm-f32/0 gave no correct result at 64³. Its row below says why.'],
  [
    ['unsupported', 'unsupported'],
    'None of the 2 kernels of gemm-f32 is supported here at 64³. Each row below says why.',
  ],
  [['ok', 'wrong'], 'None of the 2 kernels of gemm-f32 could be timed at 64³. Each row below says why.'],
  [
    ['wrong', 'unsupported'],
    'None of the 2 kernels of gemm-f32 gave a correct result at 64³. Each row below says why.',
  ],
] as const)('%s: %s', (statuses, sentence) => {
  expect(headline(...statuses)).toBe(sentence);
});
