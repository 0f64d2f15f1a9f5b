/** What the products of binary, ternary and 2-bit matrices share: sizes, scales, cases, the bound of scaled integers. */
import type { DeviceFacts } from '../../src/kernel/facts.js';
import type { Binding, Parameter, PickRows, Reference } from '../../src/kernel/operation.js';
import type { PackedSize } from '../../src/numerics/binary.js';
import { f32Roundoff, gamma, matmulRows } from '../../src/numerics/matmul.js';
import { workgroupFits } from './workgroup-fits.js';

export interface BitGemmShape {
  readonly [name: string]: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

export const bitGemmParameters: readonly Parameter[] = [
  { name: 'm', about: 'rows of A and C' },
  { name: 'n', about: 'columns of B and C' },
  { name: 'k', about: 'columns of A, rows of B; any number, padded to words of 32' },
];

const square = (size: number): BitGemmShape => ({ m: size, n: size, k: size });

export const bitGemmCases: readonly BitGemmShape[] = [
  square(1),
  { m: 17, n: 19, k: 23 },
  square(64),
  { m: 65, n: 67, k: 65 },
  { m: 1, n: 131, k: 67 },
  { m: 129, n: 1, k: 33 },
  { m: 33, n: 47, k: 1 },
  { m: 5, n: 7, k: 5000 },
  { m: 20, n: 36, k: 1024 },
];

export const bitGemmPresets = [
  { title: 'Square 512', shape: square(512) },
  { title: 'Square 1024', shape: square(1024) },
  { title: 'LLM decode (1 token)', shape: { m: 1, n: 4096, k: 4096 } },
  { title: 'LLM prefill (128 tokens)', shape: { m: 128, n: 4096, k: 4096 } },
];

export const bitGemmSweep = [64, 128, 256, 512, 1024, 2048, 4096].map(square);

export const leftSize = ({ m, k }: BitGemmShape): PackedSize => ({ lanes: m, k });
export const rightSize = ({ n, k }: BitGemmShape): PackedSize => ({ lanes: n, k });

export const outputBinding: Binding<BitGemmShape> = {
  name: 'C',
  access: 'read_write',
  element: 'f32',
  length: ({ m, n }) => m * n,
  about: 'm × n, row-major',
};

export const rowScaleBinding: Binding<BitGemmShape> = {
  name: 'rowScale',
  access: 'read',
  element: 'f32',
  length: ({ m }) => m,
  about: 'one scale for each row of A',
};

export const columnScaleBinding: Binding<BitGemmShape> = {
  name: 'columnScale',
  access: 'read',
  element: 'f32',
  length: ({ n }) => n,
  about: 'one scale for each column of B',
};

/** Sums that WGSL may flush, and operands. */
const smallestNormal = 2 ** -126;

/**
 * C = rowScale · columnScale · (integer product of codes). The integer is exact; the kernel rounds twice when it applies the
 * scales, and once more where the integer needs more than 24 bits. For integers below 2²² the bound is less than the
 * distance to the next one, so a single wrong bit fails.
 */
export function scaledIntegers(
  codes: readonly [ArrayLike<number>, ArrayLike<number>],
  scales: readonly [ArrayLike<number>, ArrayLike<number>],
  shape: BitGemmShape,
  pick: PickRows,
  largestTerm: number,
): Reference {
  const rows = pick(shape.m);
  const { values } = matmulRows(...codes, shape, rows);
  const roundings = shape.k * largestTerm > 2 ** 24 ? 3 : 2;
  const scaled = values.map((value, i) => value * scales[0][rows[Math.floor(i / shape.n)]!]! * scales[1][i % shape.n]!);
  const bounds = scaled.map((value) => gamma(roundings, f32Roundoff) * Math.abs(value) + smallestNormal);
  return { output: 'C', columns: shape.n, rows, values: scaled, bounds };
}

/**
 * C = columnScale · Σ A·code for f32 A and codes −1, 0, 1: terms are exact, k − 1 additions and the scale round, and WGSL
 * may flush subnormal operands and sums.
 */
export function scaledSums(
  a: ArrayLike<number>,
  codes: ArrayLike<number>,
  scales: ArrayLike<number>,
  shape: BitGemmShape,
  pick: PickRows,
): Reference {
  const rows = pick(shape.m);
  const { values, magnitudes } = matmulRows(a, codes, shape, rows);
  const flushed = 2 * shape.k * smallestNormal;
  const scaled = values.map((value, i) => value * scales[i % shape.n]!);
  const bounds = magnitudes.map(
    (sum, i) => (gamma(shape.k, f32Roundoff) * sum + flushed) * scales[i % shape.n]! + smallestNormal,
  );
  return { output: 'C', columns: shape.n, rows, values: scaled, bounds };
}

/** Workgroups of kernels with 4 × 4 elements of C per invocation. */
export function tiles({ m, n }: BitGemmShape, groupX: number, groupY: number): readonly [number, number] {
  return [Math.ceil(n / 4 / groupX), Math.ceil(m / 4 / groupY)];
}

/** `true`, or that the workgroup is too large. */
export function validGroup(
  { groupX, groupY }: { readonly groupX: number; readonly groupY: number },
  device: DeviceFacts,
): true | string {
  return workgroupFits(groupX * groupY, device);
}

export const naiveTunables = {
  groupX: { values: [8, 16, 32], default: 16, about: 'workgroup width, along n' },
  groupY: { values: [4, 8, 16], default: 16, about: 'workgroup height, along m' },
} as const;

export const directTunables = {
  groupX: { values: [4, 8, 16], default: 8, about: 'workgroup width, 4 columns each' },
  groupY: { values: [4, 8, 16], default: 8, about: 'workgroup height, 4 rows each' },
} as const;
