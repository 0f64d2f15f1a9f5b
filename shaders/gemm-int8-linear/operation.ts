/** C = activation(scales · Σ(A − z)·B + bias): a linear layer of packed bytes back in f32. */
import { type Binding, defineOperation } from '../../src/kernel/operation.js';
import {
  type EpilogueShape,
  epilogueParameters,
  everyActivation,
  noActivation,
  validEpilogue,
} from '../lib/epilogue.js';
import { productBinding } from '../lib/gemm-shape.js';
import {
  drawnNumbers,
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
import { plainAnswer, scaledAnswer } from '../lib/int8-pack/layer.js';
import { allOf } from '../lib/valid.js';

export interface LinearShape extends ZeroPointShape, EpilogueShape {
  /** 1 none, 2 one for each column. */
  readonly bias: number;
}

const biasLength = ({ bias, n }: LinearShape): number => (bias === 1 ? 1 : n);
const layer = (shape: ZeroPointShape): LinearShape => ({ ...shape, bias: 2, ...noActivation }) as LinearShape;

const bindings: readonly Binding<LinearShape>[] = [
  ...zeroPointBindings,
  { name: 'bias', access: 'read', element: 'f32', length: biasLength, about: 'n; one unused number if none' },
  productBinding as Binding<LinearShape>,
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
  valid: (shape) => allOf(validZeroPoint(shape), validEpilogue(shape)),
  bindings,
  inputs: (shape, random) => ({ ...quantizedInputs(shape, random), bias: random.values(biasLength(shape)) }),
  reference: (inputs, shape, pick) => [
    scaledAnswer('C', shape, inputs, (finish) => zeroPointSums(inputs, shape, pick, finish)),
  ],
  unquantized: (shape, random, pick) => {
    const numbers = drawnNumbers(shape, random);
    const bias = random.values(biasLength(shape));
    return [plainAnswer('C', shape, bias, (finish) => unquantizedSums(numbers, shape, pick, finish))];
  },
  cost: zeroPointCost,
  cases: zeroPointCases.map((shape, i) => ({ ...shape, bias: 1 + (i % 2), ...everyActivation[i % 4] }) as LinearShape),
  presets: zeroPointPresets.map(({ title, shape }) => ({ title, shape: layer(shape) })),
  sweep: zeroPointSweep.map(layer),
});
