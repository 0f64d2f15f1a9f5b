/** The L-Mul laboratory's arithmetic: error tables and dot products, on the CPU, bit by bit as the kernels compute. */
import { lmulModes, paperOffsetBits } from '../numerics/lmul.js';
import {
  type DotError,
  dotError,
  type LmulTableRow,
  lmulProducts,
  lmulTable,
  lmulTitle,
  type Multiply,
  mantissaPairs,
  narrowFormats,
  narrowProducts,
  type PairDistribution,
  samplePairs,
} from '../numerics/lmul-table.js';

export interface LmulTableRequest {
  /** `every pair`: all pairs of mantissas of `count` bits, so that nothing depends on a sample. */
  readonly operands: PairDistribution | 'every pair';
  /** Pairs drawn, up to 2²²; or bits, up to 10. */
  readonly count: number;
  readonly seed: number;
}

export interface LmulDotRequest {
  readonly lengths: readonly number[];
  readonly dots: number;
  readonly seed: number;
}

export interface LmulDotRow extends DotError {
  readonly title: string;
  readonly k: number;
}

/** @throws RangeError for a count out of range. */
export function tabulateLmul({ operands, count, seed }: LmulTableRequest): readonly LmulTableRow[] {
  const most = operands === 'every pair' ? 10 : 2 ** 22;
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw new RangeError(
      `The number of ${operands === 'every pair' ? 'bits' : 'pairs'} must be 1 to ${most}, not ${count}.`,
    );
  }
  return lmulTable(operands === 'every pair' ? mantissaPairs(count) : samplePairs(operands, count, seed));
}

/** @throws RangeError for a length or a number of dot products out of range. */
export function tabulateDots({ lengths, dots, seed }: LmulDotRequest): readonly LmulDotRow[] {
  const sane = (value: number): boolean => Number.isInteger(value) && value >= 1;
  if (!sane(dots) || !lengths.every(sane) || lengths.reduce((sum, k) => sum + k, 0) * dots > 2 ** 24) {
    throw new RangeError(
      'Lengths and number of dot products must be positive integers with at most 2²⁴ products in all.',
    );
  }
  return lengths.flatMap((k) =>
    dotContenders().map(([title, multiply]) => ({ title, k, ...dotError(multiply, k, dots, seed) })),
  );
}

function dotContenders(): readonly (readonly [string, Multiply])[] {
  const narrow = (Object.keys(narrowFormats) as (keyof typeof narrowFormats)[]).map(
    (name) => [name, narrowProducts(name)] as const,
  );
  const lmul = lmulModes.flatMap((mode) =>
    [3, 4, 23].map((mantissaBits) => {
      const format = { mode, mantissaBits, offsetBits: paperOffsetBits(mantissaBits), rounding: 'truncate' } as const;
      return [lmulTitle(format), lmulProducts(format)] as const;
    }),
  );
  return [...narrow, ...lmul];
}
