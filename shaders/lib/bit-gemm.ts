/** What the products of binary, ternary and 2-bit matrices share: sizes, scales, cases, the bound of scaled integers. */
import type { DeviceFacts } from '../../src/kernel/facts.js';
import type { Binding, Parameter, PickRows, Reference } from '../../src/kernel/operation.js';
import { type PackedSize, wordsOf } from '../../src/numerics/binary.js';
import { f32Roundoff, gamma, matmulRows } from '../../src/numerics/matmul.js';
import { decode, prefill, square, squares } from './gemm-cases.js';
import { type GemmShape, gemmParameters } from './gemm-shape.js';
import { workgroupFits } from './workgroup-fits.js';

export const bitGemmParameters: readonly Parameter[] = gemmParameters.map((parameter) =>
  parameter.name === 'k' ? { ...parameter, about: `${parameter.about}; any number, padded to words of 32` } : parameter,
);

export const bitGemmCases: readonly GemmShape[] = [
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

export const bitGemmPresets = [...squares.slice(0, 2), decode, prefill];

export const bitGemmSweep = [64, 128, 256, 512, 1024, 2048, 4096].map(square);

/** Rows of A packed 32 to a word. @param planes words for each 32 codes, one after the other for the whole of A. */
export function packedLeft(planes: number, about: string): Binding<GemmShape> {
  return { name: 'A', access: 'read', element: 'u32', length: ({ m, k }) => planes * m * wordsOf(k), about };
}

/** Columns of B packed in the same way. */
function packedRight(planes: number, about: string): Binding<GemmShape> {
  return { name: 'B', access: 'read', element: 'u32', length: ({ n, k }) => planes * wordsOf(k) * n, about };
}

/** Columns of signs. */
export const signsBinding = packedRight(1, '⌈k/32⌉ × n words, bit 1 is +1');

/** Columns of 2-bit codes. */
export const twoBitsBinding = packedRight(2, '2 × ⌈k/32⌉ × n words: low, then high bits of two’s-complement codes');

export const leftSize = ({ m, k }: GemmShape): PackedSize => ({ lanes: m, k });
export const rightSize = ({ n, k }: GemmShape): PackedSize => ({ lanes: n, k });

export const rowScaleBinding: Binding<GemmShape> = {
  name: 'rowScale',
  access: 'read',
  element: 'f32',
  length: ({ m }) => m,
  about: 'one scale for each row of A',
};

export const columnScaleBinding: Binding<GemmShape> = {
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
  shape: GemmShape,
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
  shape: GemmShape,
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
export function tiles({ m, n }: GemmShape, groupX: number, groupY: number): readonly [number, number] {
  return [Math.ceil(n / 4 / groupX), Math.ceil(m / 4 / groupY)];
}

/** `true`, or that the workgroup is too large. */
export function validGroup(
  { groupX, groupY }: { readonly groupX: number; readonly groupY: number },
  device: DeviceFacts,
): true | string {
  return workgroupFits(groupX * groupY, device);
}

export const directTunables = {
  groupX: { values: [4, 8, 16], default: 8, about: 'workgroup width, 4 columns each' },
  groupY: { values: [4, 8, 16], default: 8, about: 'workgroup height, 4 rows each' },
} as const;
