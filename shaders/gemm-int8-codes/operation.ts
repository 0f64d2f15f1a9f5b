/** C = Σ(A − z)·B on packed bytes, exact in integers, quantized again where asked for. */
import { type Binding, defineOperation } from '../../src/kernel/operation.js';
import {
  validZeroPoint,
  type ZeroPointShape,
  zeroPointBindings,
  zeroPointCases,
  zeroPointCost,
  zeroPointInputs,
  zeroPointParameters,
  zeroPointPresets,
  zeroPointSums,
  zeroPointSweep,
} from '../lib/int8-gemm/zero-point.js';
import { codeOf } from '../lib/requantize.js';

export interface GemmCodesShape extends ZeroPointShape {
  /** 1 the sums, 2 the sums times their scale, rounded, moved and clipped. */
  readonly output: number;
}

const bindings: readonly Binding<GemmCodesShape>[] = [
  ...zeroPointBindings,
  {
    name: 'range',
    access: 'read',
    element: 'i32',
    length: () => 3,
    about: 'zero point, least and greatest code of C; unused for sums',
  },
  { name: 'C', access: 'read_write', element: 'i32', length: ({ m, n }) => m * n, about: 'm × n, row-major' },
];

const codes = (shape: ZeroPointShape): GemmCodesShape => ({ ...shape, output: 2 }) as GemmCodesShape;

export const gemmInt8Codes = defineOperation<GemmCodesShape>({
  id: 'gemm-int8-codes',
  title: 'GEMM int8 to codes',
  summary: 'C[i][j] = Σ (A[i][p] − z)·B[p][j] for packed bytes, as exact sums or scaled back to codes.',
  parameters: [
    ...zeroPointParameters,
    { name: 'output', about: '1 the sums, 2 codes: sums times scale, rounded to even, moved and clipped' },
  ],
  valid: (shape) => {
    const valid = validZeroPoint(shape);
    return valid !== true ? valid : shape.output <= 2 || 'output is 1 (sums) or 2 (codes)';
  },
  bindings,
  inputs: (shape, random) => ({ ...zeroPointInputs(shape, random), range: Int32Array.of(128, 0, 255) }),
  reference: (inputs, shape, pick) => {
    const values: number[] = [];
    const bounds: number[] = [];
    const { scale, range } = inputs;
    const [zero, least, greatest] = Array.from(range!) as [number, number, number];
    const { rows, columns } = zeroPointSums(inputs, shape, pick, (sum, at, column) => {
      const code = codeOf(sum * scale![shape.scales === 1 ? 0 : column]!, zero, least, greatest);
      values[at] = shape.output === 1 ? sum : code.value;
      bounds[at] = shape.output === 1 ? 0 : code.bound;
    });
    return [{ output: 'C', columns, rows, values: Float64Array.from(values), bounds: Float64Array.from(bounds) }];
  },
  cost: zeroPointCost,
  cases: zeroPointCases.map((shape, i) => ({ ...shape, output: 1 + (i % 2) }) as GemmCodesShape),
  presets: zeroPointPresets.map(({ title, shape }) => ({ title, shape: codes(shape) })),
  sweep: zeroPointSweep.map(codes),
});
