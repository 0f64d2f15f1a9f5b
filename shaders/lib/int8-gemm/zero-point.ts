/** Products of bytes where A has a zero point: packed inputs and exact sums for operations that bring what becomes of a sum. */
import type { Binding, Buffers, Cost, Parameter, PickRows } from '../../../src/kernel/operation.js';
import { packAxis, quantizeInt8, rowWords, unpackAxis } from '../../../src/numerics/int8.js';
import type { Random } from '../../../src/numerics/random.js';
import { gemmSweep } from '../gemm-cases.js';
import type { GemmShape } from '../gemm-shape.js';
import { gemmParameters } from '../gemm-shape.js';
import { factorsOf, quantizedActivations } from '../int8-pack/layer.js';
import { exactSums } from './reference.js';
import { codes, exactUpTo, presets, quad } from './shapes.js';

export interface ZeroPointShape extends GemmShape {
  /** What was taken from the codes of A when they were packed, and is taken from their zero point. */
  readonly moved: number;
  /** Factors of the sums: 1, or one for each column. */
  readonly scales: number;
}

export const zeroPointParameters: readonly Parameter[] = [
  ...gemmParameters,
  { name: 'moved', about: 'what was taken from the codes of A: 128 for unsigned bytes, else 0', min: 0 },
  { name: 'scales', about: 'factors of the sums: 1, or one for each column' },
];

export function validZeroPoint(shape: ZeroPointShape): true | string {
  const { n, moved, scales } = shape;
  if (moved !== 0 && moved !== 128) return `codes are moved by 0 or 128, not ${moved}`;
  if (scales !== 1 && scales !== n) return 'there is one scale, or one for each column';
  return exactUpTo(255)(shape);
}

export const zeroPointBindings: readonly Binding<ZeroPointShape>[] = [
  codes('A') as Binding<ZeroPointShape>,
  { name: 'zero', access: 'read', element: 'i32', length: () => 1, about: 'zero point of A before it was moved' },
  codes('B') as Binding<ZeroPointShape>,
  { name: 'weightSums', access: 'read', element: 'i32', length: ({ n }) => n, about: 'Σ of each column of B' },
  { name: 'scale', access: 'read', element: 'f32', length: ({ scales }) => scales, about: 'scales' },
];

/** Rows of k codes as the kernels take them, padded to whole quads. */
function axes(rows: number, k: number) {
  return { outer: rows, axis: k, inner: 1, words: rowWords(k, quad) };
}

/** Random bytes, as an operator of an integer model meets them. */
export function zeroPointInputs({ m, n, k, moved, scales }: ZeroPointShape, random: Random) {
  const bytes = (count: number): Int8Array => Int8Array.from({ length: count }, () => random.below(256) - 128);
  const zero = random.below(256) - 128;
  return {
    ...packedOperands({ m, n, k, moved }, bytes(m * k), zero, bytes(n * k)),
    scale: Float32Array.from(random.values(scales), (value) => (1 + 0.1 * value) / (100 * Math.sqrt(k))),
  };
}

/** A and the columns of B before they are quantized. */
export function drawnNumbers({ m, n, k }: GemmShape, random: Random) {
  return { a: random.values(m * k), b: random.values(n * k) };
}

/** Numbers that were quantized: A with one scale and zero point, B with a scale for each column, or one. */
export function quantizedInputs(shape: ZeroPointShape, random: Random) {
  const { n, k, scales } = shape;
  const { a, b } = drawnNumbers(shape, random);
  const activations = quantizedActivations(a);
  const weights = quantizeInt8(b, { rows: n, columns: k }, scales === 1 ? 'tensor' : 'row');
  return {
    ...packedOperands(shape, activations.codes, activations.zero, weights.codes),
    scale: factorsOf(activations.scale, weights.scales, scales),
  };
}

/** A·B of the numbers that `quantizedInputs` quantizes, in f64. */
export function unquantizedSums(
  { a, b }: ReturnType<typeof drawnNumbers>,
  { m, n, k }: GemmShape,
  pick: PickRows,
  finish: (sum: number, at: number, column: number) => void,
): { readonly rows: Uint32Array; readonly columns: number } {
  const rows = pick(m);
  rows.forEach((row, r) => {
    for (let column = 0; column < n; column++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[row * k + p]! * b[column * k + p]!;
      finish(sum, r * n + column, column);
    }
  });
  return { rows, columns: n };
}

function packedOperands(
  { m, n, k, moved }: Pick<ZeroPointShape, 'm' | 'n' | 'k' | 'moved'>,
  a: Int8Array,
  zero: number,
  b: Int8Array,
) {
  return {
    codesA: packAxis(a, axes(m, k), zero),
    zero: Int32Array.of(zero + moved),
    codesB: packAxis(b, axes(n, k)),
    weightSums: Int32Array.from({ length: n }, (_, j) => b.subarray(j * k, (j + 1) * k).reduce((x, y) => x + y, 0)),
  };
}

/** Exact sums Σ(a − z)·b of the rows picked. @param finish called with each sum, its index in the result and its column. */
export function zeroPointSums(
  { codesA, codesB, zero }: Buffers,
  shape: ZeroPointShape,
  pick: PickRows,
  finish: (sum: number, at: number, column: number) => void,
): { readonly rows: Uint32Array; readonly columns: number } {
  const { m, n, k, moved } = shape;
  const rows = pick(m);
  const zeroPoint = zero![0]! - moved;
  const a = Int32Array.from(unpackAxis(codesA as Uint32Array, axes(m, k)), (code) => code - zeroPoint);
  const b = unpackAxis(codesB as Uint32Array, axes(n, k));
  exactSums(a, b, shape, rows).forEach((sum, at) => {
    finish(sum, at, at % n);
  });
  return { rows, columns: n };
}

/** Of scaling a sum and correcting it for the zero point. */
export const zeroPointOverhead = ({ m, n }: GemmShape) => ({ imul: m * n, iadd: m * n, mul32: m * n });

export function zeroPointCost({ m, n, k }: GemmShape): Cost {
  return {
    operations: { dot4: m * n * Math.ceil(k / 4), ...zeroPointOverhead({ m, n, k }) },
    nominal: 2 * m * n * k,
    bytesRead: 4 * (m + n) * rowWords(k, quad) + 12 * n,
    bytesWritten: 4 * m * n,
  };
}

export const zeroPointCases: readonly ZeroPointShape[] = [
  { m: 1, n: 1, k: 1, moved: 128, scales: 1 },
  { m: 17, n: 19, k: 23, moved: 128, scales: 19 },
  { m: 65, n: 66, k: 129, moved: 0, scales: 66 },
  { m: 3, n: 7, k: 5003, moved: 128, scales: 1 },
];

const whole = (shape: GemmShape): ZeroPointShape => ({ ...shape, moved: 128, scales: shape.n }) as ZeroPointShape;

export const zeroPointPresets = [
  ...presets.slice(0, 2),
  { title: 'BERT feed-forward, 128 tokens', shape: { m: 128, n: 3072, k: 768 } },
].map(({ title, shape }) => ({ title, shape: whole(shape) }));

export const zeroPointSweep: readonly ZeroPointShape[] = gemmSweep.filter(({ k }) => k <= 2048).map(whole);
