/** C = activation(scales · Σ(A − z)·B + bias): a linear layer of packed bytes back in f32. */
import { type Binding, defineOperation } from '../../src/kernel/operation.js';
import {
  activate,
  clipActivation,
  type EpilogueShape,
  epilogueParameters,
  growth,
  leakyActivation,
  noActivation,
  reluActivation,
  validEpilogue,
} from '../lib/epilogue.js';
import { f32Ulp } from '../lib/int8-gemm/reference.js';
import { outputC } from '../lib/int8-gemm/shapes.js';
import {
  quantizedInputs,
  unquantizedSums,
  validZeroPoint,
  type ZeroPointShape,
  zeroPointBindings,
  zeroPointCases,
  zeroPointCost,
  zeroPointParameters,
  zeroPointPresets,
  zeroPointSums,
  zeroPointSweep,
} from '../lib/int8-gemm/zero-point.js';

export interface LinearShape extends ZeroPointShape, EpilogueShape {
  /** 1 none, 2 one for each column. */
  readonly bias: number;
}

const activations = [noActivation, reluActivation, leakyActivation(0.2), clipActivation(0, 6)];
const biasLength = ({ bias, n }: LinearShape): number => (bias === 1 ? 1 : n);
const layer = (shape: ZeroPointShape): LinearShape => ({ ...shape, bias: 2, ...noActivation }) as LinearShape;

const bindings: readonly Binding<LinearShape>[] = [
  ...zeroPointBindings,
  { name: 'bias', access: 'read', element: 'f32', length: biasLength, about: 'n; one unused number if none' },
  outputC as Binding<LinearShape>,
];

export const gemmInt8Linear = defineOperation<LinearShape>({
  id: 'gemm-int8-linear',
  title: 'GEMM int8, linear layer',
  summary: 'C[i][j] = activation(s[j] · Σ (A[i][p] − z)·B[p][j] + bias[j]) for packed bytes, exact sums, f32 results.',
  parameters: [
    ...zeroPointParameters,
    { name: 'bias', about: '1 none, 2 one number for each column' },
    ...epilogueParameters,
  ],
  valid: (shape) => (validZeroPoint(shape) === true ? validEpilogue(shape) : validZeroPoint(shape)),
  bindings,
  inputs: (shape, random) => ({ ...quantizedInputs(shape, random), bias: random.values(biasLength(shape)) }),
  reference: (inputs, shape, pick) => {
    const values: number[] = [];
    const bounds: number[] = [];
    const { scale, bias } = inputs;
    // The sum becomes f32, is scaled, and the bias is added; a slope rounds once more.
    const factor = ((1 + f32Ulp) ** 4 - 1) * growth(shape);
    const { rows, columns } = zeroPointSums(inputs, shape, pick, (sum, at, column) => {
      const offset = shape.bias === 1 ? 0 : bias![column]!;
      const scaled = sum * scale![shape.scales === 1 ? 0 : column]!;
      values[at] = activate(shape, scaled + offset);
      bounds[at] = factor * (Math.abs(scaled) + Math.abs(offset));
    });
    return [{ output: 'C', columns, rows, values: Float64Array.from(values), bounds: Float64Array.from(bounds) }];
  },
  unquantized: (shape, random, pick) => {
    const sums: number[] = [];
    const { rows, columns } = unquantizedSums(shape, random, pick, (sum, at) => {
      sums[at] = sum;
    });
    const bias = random.values(biasLength(shape));
    const values = Float64Array.from(sums, (sum, at) =>
      activate(shape, sum + (shape.bias === 1 ? 0 : bias[at % columns]!)),
    );
    return [{ output: 'C', columns, rows, values }];
  },
  cost: zeroPointCost,
  cases: zeroPointCases.map((shape, i) => ({ ...shape, bias: 1 + (i % 2), ...activations[i % 4] }) as LinearShape),
  presets: zeroPointPresets.map(({ title, shape }) => ({ title, shape: layer(shape) })),
  sweep: zeroPointSweep.map(layer),
});
