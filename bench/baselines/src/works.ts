/** What is computed, by whom among our kernels, and with which tunables a short race is run before. */
import type { Shape } from '../../../src/kernel/operation.js';
import type { ProductSizes } from './models.js';

/** One of our kernels, with the settings worth trying; the adapter decides between them. */
export interface Contender {
  readonly kernel: string;
  /** Overlaid on the defaults; the defaults themselves always take part. */
  readonly settings: readonly Readonly<Record<string, number>>[];
}

export interface Work {
  /** Operation whose exact answer and bound everyone is held against. */
  readonly operation: 'gemm-f32' | 'gemm-int4' | 'gemm-int4-a8' | 'gemv-int4';
  readonly sizes: ProductSizes;
  readonly contenders: readonly Contender[];
}

/** Whether A is rounded to 8 bits first: W4A8, which is `accuracy_level` 4 of MatMulNBits. */
export function roundsA({ operation }: Pick<Work, 'operation'>): boolean {
  return operation === 'gemm-int4-a8';
}

/** Squares of f32 are also measured with A uploaded and C downloaded each time, to be held against the CPU fairly. */
export function hasRoundTrip({ operation, sizes: { m, n, k } }: Work): boolean {
  return operation === 'gemm-f32' && m === n && n === k;
}

/** Shape of the work as its operation names it. */
export function shapeOf({ operation, sizes: { m, n, k } }: Work): Shape {
  const weights = { groupSize: 32, scheme: 1 };
  if (operation === 'gemm-f32') return { m, n, k };
  return operation === 'gemv-int4' ? { n, k, ...weights } : { m, n, k, ...weights };
}

export function titleOf({ operation, sizes: { m, n, k } }: Work): string {
  return `${operation} ${m}×${n}×${k}`;
}

const gemm: readonly Contender[] = [
  {
    kernel: 'gemm-f32/direct',
    settings: [
      { threadM: 4, threadN: 8, groupX: 8, groupY: 4 },
      { threadM: 8, threadN: 4, groupX: 16, groupY: 2 },
      { threadM: 8, threadN: 4, groupX: 8, groupY: 8 },
    ],
  },
  {
    kernel: 'gemm-f32/subgroup',
    settings: [
      { threadM: 16, threadN: 4, threads: 32, lanesPerLoad: 8 },
      { threadM: 8, threadN: 4, threads: 32, lanesPerLoad: 8 },
      { threadM: 8, threadN: 4, threads: 32, lanesPerLoad: 4 },
    ],
  },
  { kernel: 'gemm-f32/blocked', settings: [{ tileM: 64, tileN: 64, tileK: 16, threadM: 8, threadN: 4 }] },
];

const singleRow: readonly Contender[] = [
  {
    kernel: 'gemv-f32/rows',
    settings: [
      { lanes: 1, rowGroups: 8 },
      { lanes: 4, rowGroups: 4 },
      { lanes: 8, rowGroups: 4 },
    ],
  },
  {
    kernel: 'gemm-f32/direct',
    settings: [
      { threadM: 2, threadN: 4, groupX: 16, groupY: 2 },
      { threadM: 2, threadN: 8, groupX: 16, groupY: 2 },
    ],
  },
];

const gemvInt4: readonly Contender[] = [
  { kernel: 'gemv-int4/columns', settings: [{ groupX: 8 }, { groupX: 64 }] },
  { kernel: 'gemv-int4/direct', settings: [{ groupX: 8 }, { groupX: 32 }] },
  { kernel: 'gemv-int4/split-columns', settings: [{ groupX: 8, slices: 4 }] },
];

const gemmInt4: readonly Contender[] = [
  {
    kernel: 'gemm-int4/subgroup',
    settings: [
      { threadM: 16, threads: 32, lanesPerLoad: 8 },
      { threadM: 16, threads: 64, lanesPerLoad: 8 },
      { threadM: 8, threads: 32, lanesPerLoad: 4 },
    ],
  },
  {
    kernel: 'gemm-int4/direct',
    settings: [
      { threadM: 8, groupX: 8, groupY: 4 },
      { threadM: 8, groupX: 32, groupY: 1 },
    ],
  },
  {
    kernel: 'gemm-int4/tiled',
    settings: [
      { threadM: 8, groupX: 16, groupY: 8 },
      { threadM: 8, groupX: 8, groupY: 16 },
    ],
  },
];

const gemmInt4A8: readonly Contender[] = [
  { kernel: 'gemm-int4-a8/direct-dot4', settings: [] },
  { kernel: 'gemm-int4-a8/tiled-dot4', settings: [] },
];

const square = (size: number): ProductSizes => ({ m: size, n: size, k: size });
const row = (size: number): ProductSizes => ({ m: 1, n: size, k: size });

const work =
  (operation: Work['operation'], contenders: readonly Contender[]) =>
  (sizes: ProductSizes): Work => ({ operation, sizes, contenders });

/** The small squares are there to see from which size the adapter beats one CPU thread. */
export const works: readonly Work[] = [
  ...[16, 64, 128, 256, 512, 1024].map(square).map(work('gemm-f32', gemm)),
  work('gemm-f32', singleRow)(row(2048)),
  work('gemm-f32', gemm)({ m: 64, n: 2048, k: 2048 }),
  ...[1024, 2048].map(row).map(work('gemv-int4', gemvInt4)),
  ...[512, 1024].map(square).map(work('gemm-int4', gemmInt4)),
  ...[512, 1024].map(square).map(work('gemm-int4-a8', gemmInt4A8)),
];
