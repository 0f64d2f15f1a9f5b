/** C = A·B with L-Mul for every product and f32 sums. */

import type { DeviceFacts } from '../../src/kernel/facts.js';
import { type Cost, defineOperation } from '../../src/kernel/operation.js';
import { bitsOf, lmulMatmulRows, reduceOperand } from '../../src/numerics/lmul.js';
import { f32Roundoff, gamma, matmulRows } from '../../src/numerics/matmul.js';
import { drawnProduct } from '../lib/answer.js';
import { square } from '../lib/gemm-cases.js';
import { gemmParameters, productBinding } from '../lib/gemm-shape.js';
import {
  closedF32,
  exact4Bits,
  exactF32,
  fastF32,
  isNative,
  type LmulShape,
  lmulFormatOf,
  lmulParameters,
  lmulWork,
  nativeF32,
  validLmul,
  variedFormats,
} from '../lib/lmul-format.js';
import { allOf } from '../lib/valid.js';
import { workgroupFits } from '../lib/workgroup-fits.js';

export interface GemmLmulShape extends LmulShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

export const gemmLmul = defineOperation<GemmLmulShape>({
  id: 'gemm-lmul',
  title: 'GEMM L-Mul',
  summary: 'C = Σ L-Mul(A, B): an f32 matrix product whose multiplications are integer additions on bit patterns.',
  parameters: [
    ...gemmParameters,
    ...lmulParameters.map((parameter) =>
      parameter.name === 'mode' ? { ...parameter, about: `${parameter.about}, 4 native multiplication` } : parameter,
    ),
  ],
  bindings: [
    { name: 'A', access: 'read', element: 'f32', length: ({ m, k }) => m * k, about: 'm × k, row-major, finite' },
    { name: 'B', access: 'read', element: 'f32', length: ({ n, k }) => k * n, about: 'k × n, row-major, finite' },
    productBinding,
  ],
  inputs: ({ m, n, k }, random) => ({ A: random.values(m * k), B: random.values(k * n) }),
  reference: ({ A, B }, shape, pick) => {
    const rows = pick(shape.m);
    const operands = [A, B] as [Float32Array, Float32Array];
    const { values, bounds } = isNative(shape)
      ? nativeRows(...operands, shape, rows)
      : lmulRows(...operands, shape, rows);
    return [{ output: 'C', columns: shape.n, rows, values, bounds }];
  },
  unquantized: drawnProduct,
  cost: (shape) => gemmLmulCost(shape, shape.m * shape.k + shape.k * shape.n),
  cases: [
    ...variedFormats.map((format) => ({ m: 17, n: 19, k: 23, ...format })),
    { ...square(1), ...exactF32 },
    { ...square(65), ...fastF32 },
    { ...square(64), ...exact4Bits },
    { m: 1, n: 131, k: 67, ...fastF32 },
    { m: 129, n: 1, k: 33, ...closedF32 },
    { m: 33, n: 47, k: 1, ...exactF32 },
    { m: 5, n: 7, k: 5000, ...fastF32 },
    { m: 68, n: 72, k: 36, ...closedF32 },
    { m: 17, n: 19, k: 23, ...nativeF32 },
    { m: 20, n: 36, k: 130, ...nativeF32, mantissaBits: 4 },
  ],
  presets: [
    { title: 'Square 512, adder exact', shape: { ...square(512), ...exactF32 } },
    { title: 'Square 512, adder fast', shape: { ...square(512), ...fastF32 } },
    { title: 'Square 512, closed form', shape: { ...square(512), ...closedF32 } },
    { title: 'Square 512, native multiplication', shape: { ...square(512), ...nativeF32 } },
    { title: 'Square 512, adder exact, 4 bits', shape: { ...square(512), ...exact4Bits } },
    { title: 'Square 1024, adder fast', shape: { ...square(1024), ...fastF32 } },
  ],
  sweep: [64, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048].map((size) => ({ ...square(size), ...fastF32 })),
});

type Rows = ArrayLike<number>;

/**
 * L-Mul bit by bit. The products are exact, being bit patterns; of k of them, k − 1 additions round. WGSL may also flush
 * each subnormal sum, by less than 2⁻¹²⁶.
 */
function lmulRows(a: Float32Array, b: Float32Array, shape: GemmLmulShape, rows: Rows) {
  const { values, magnitudes } = lmulMatmulRows(a, b, shape, rows, lmulFormatOf(shape));
  const factor = gamma(shape.k - 1, f32Roundoff);
  return { values, bounds: magnitudes.map((sum) => factor * sum + (shape.k - 1) * 2 ** -126) };
}

/** Exact products of the reduced operands; here the products round too, or are flushed, unless they are fused. */
function nativeRows(a: Float32Array, b: Float32Array, shape: GemmLmulShape, rows: Rows) {
  const [left, right] = [a, b].map((values) => reduced(values, shape));
  const { values, magnitudes } = matmulRows(left!, right!, shape, rows);
  const factor = gamma(shape.k, f32Roundoff);
  return { values, bounds: magnitudes.map((sum) => factor * sum + 2 * shape.k * 2 ** -126) };
}

function reduced(values: Float32Array, shape: GemmLmulShape): Float32Array {
  const { mantissaBits, rounding } = lmulFormatOf({ ...shape, mode: exactF32.mode });
  return new Float32Array(bitsOf(values).map((bits) => reduceOperand(bits, mantissaBits, rounding)).buffer);
}

/** `true`, or why such a workgroup or the format cannot be used; native multiplication is one more mode here. */
export function fitsGemmLmul(
  shape: GemmLmulShape,
  { groupX, groupY }: { readonly groupX: number; readonly groupY: number },
  facts: DeviceFacts,
  bytes = 0,
): true | string {
  const format = isNative(shape) ? { ...shape, mode: exactF32.mode } : shape;
  return allOf(workgroupFits(groupX * groupY, facts, bytes), validLmul(format));
}

/** Cost where operands are prepared `preparations` times in all. */
export function gemmLmulCost(shape: GemmLmulShape, preparations: number): Cost {
  const { m, n, k } = shape;
  const products = m * n * k;
  const operations = isNative(shape)
    ? { ...lmulWork({ ...shape, mode: exactF32.mode }, 0, preparations), fma32: products }
    : { ...lmulWork(shape, products, preparations), add32: products };
  return { operations, nominal: 2 * products, bytesRead: 4 * (m * k + k * n), bytesWritten: 4 * m * n };
}
