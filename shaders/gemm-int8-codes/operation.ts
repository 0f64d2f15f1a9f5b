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
import { codedAnswer } from '../lib/int8-pack/layer.js';
import { outputParameter, type RequantizedShape, rangeBinding, rangeOfBytes, validOutput } from '../lib/requantize.js';
import { allOf } from '../lib/valid.js';

export interface GemmCodesShape extends ZeroPointShape, RequantizedShape {}

const bindings: readonly Binding<GemmCodesShape>[] = [
  ...zeroPointBindings,
  rangeBinding,
  { name: 'C', access: 'read_write', element: 'i32', length: ({ m, n }) => m * n, about: 'm × n, row-major' },
];

const codes = (shape: ZeroPointShape): GemmCodesShape => ({ ...shape, output: 2 }) as GemmCodesShape;

export const gemmInt8Codes = defineOperation<GemmCodesShape>({
  id: 'gemm-int8-codes',
  title: 'GEMM int8 to codes',
  summary: 'C[i][j] = Σ (A[i][p] − z)·B[p][j] for packed bytes, as exact sums or scaled back to codes.',
  parameters: [...zeroPointParameters, outputParameter],
  valid: (shape) => allOf(validZeroPoint(shape), validOutput(shape)),
  bindings,
  inputs: (shape, random) => ({ ...zeroPointInputs(shape, random), range: rangeOfBytes() }),
  reference: (inputs, shape, pick) =>
    codedAnswer('C', shape, inputs, (finish) => zeroPointSums(inputs, shape, pick, finish)),
  cost: zeroPointCost,
  cases: zeroPointCases.map((shape, i) => ({ ...shape, output: 1 + (i % 2) }) as GemmCodesShape),
  presets: zeroPointPresets.map(({ title, shape }) => ({ title, shape: codes(shape) })),
  sweep: zeroPointSweep.map(codes),
});
