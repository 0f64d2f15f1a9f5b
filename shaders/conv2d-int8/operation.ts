/** Y = activation(scales · Σ(X − z)·W + bias): a layer of packed bytes back in f32, as quantized networks for images run it. */
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
import {
  biasLength,
  type Int8ConvShape,
  int8ConvBindings,
  int8ConvCases,
  int8ConvCost,
  int8ConvParameters,
  int8ConvPresets,
  int8ConvQuantized,
  int8ConvSums,
  int8ConvSweep,
  int8ConvUnquantized,
  outputLength,
  validInt8Conv,
} from '../lib/int8-conv/operation.js';
import { f32Ulp } from '../lib/int8-gemm/reference.js';

export interface Int8LayerShape extends Int8ConvShape, EpilogueShape {}

const layer = (shape: Int8ConvShape): Int8LayerShape => ({ ...shape, ...reluActivation }) as Int8LayerShape;

const activations = [noActivation, reluActivation, leakyActivation(0.2), clipActivation(0, 6)];

const bindings: readonly Binding<Int8LayerShape>[] = [
  ...int8ConvBindings,
  { name: 'bias', access: 'read', element: 'f32', length: biasLength, about: 'filters; one unused number if none' },
  {
    name: 'Y',
    access: 'read_write',
    element: 'f32',
    length: outputLength,
    about: 'batch × filters × outHeight × outWidth',
  },
];

export const conv2dInt8 = defineOperation<Int8LayerShape>({
  id: 'conv2d-int8',
  title: 'Convolution 2-D int8',
  summary: 'Y = activation(s · Σ(X − z)·W + bias) for bytes, four channels to a word, with exact sums and f32 results.',
  parameters: [...int8ConvParameters, ...epilogueParameters],
  valid: (shape) => (validInt8Conv(shape) === true ? validEpilogue(shape) : validInt8Conv(shape)),
  bindings,
  inputs: (shape, random) => ({ ...int8ConvQuantized(shape, random), bias: random.values(biasLength(shape)) }),
  reference: (inputs, shape, pick) => {
    const values: number[] = [];
    const bounds: number[] = [];
    const { scale, bias } = inputs;
    // The sum becomes f32, is scaled, and the bias is added; a slope rounds once more.
    const factor = ((1 + f32Ulp) ** 4 - 1) * growth(shape);
    const { rows, columns } = int8ConvSums(inputs, shape, pick, (sum, at, filter) => {
      const offset = shape.bias === 1 ? 0 : bias![filter]!;
      const scaled = sum * scale![shape.scales === 1 ? 0 : filter]!;
      values[at] = activate(shape, scaled + offset);
      bounds[at] = factor * (Math.abs(scaled) + Math.abs(offset));
    });
    return [{ output: 'Y', columns, rows, values: Float64Array.from(values), bounds: Float64Array.from(bounds) }];
  },
  unquantized: (shape, random, pick) => {
    const sums: number[] = [];
    const filters: number[] = [];
    const { rows, columns } = int8ConvUnquantized(shape, random, pick, (sum, at, filter) => {
      sums[at] = sum;
      filters[at] = filter;
    });
    const bias = random.values(biasLength(shape));
    const values = Float64Array.from(sums, (sum, at) =>
      activate(shape, sum + (shape.bias === 1 ? 0 : bias[filters[at]!]!)),
    );
    return [{ output: 'Y', columns, rows, values }];
  },
  cost: int8ConvCost,
  cases: int8ConvCases.map((shape, i) => ({ ...shape, ...activations[i % 4] }) as Int8LayerShape),
  presets: int8ConvPresets.map(({ title, shape }) => ({ title, shape: layer(shape) })),
  sweep: int8ConvSweep.map(layer),
});
