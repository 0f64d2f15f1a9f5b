/** Y = activation(scales · Σ(X − z)·W + bias): a layer of packed bytes back in f32, as quantized networks for images run it. */
import { type Binding, defineOperation } from '../../src/kernel/operation.js';
import {
  type EpilogueShape,
  epilogueParameters,
  everyActivation,
  reluActivation,
  validEpilogue,
} from '../lib/epilogue.js';
import {
  biasLength,
  type Int8ConvShape,
  int8ConvBindings,
  int8ConvCases,
  int8ConvCost,
  int8ConvNumbers,
  int8ConvParameters,
  int8ConvPresets,
  int8ConvQuantized,
  int8ConvSums,
  int8ConvSweep,
  int8ConvUnquantized,
  outputLength,
  validInt8Conv,
} from '../lib/int8-conv/operation.js';
import { plainAnswer, scaledAnswer } from '../lib/int8-pack/layer.js';
import { allOf } from '../lib/valid.js';

export interface Int8LayerShape extends Int8ConvShape, EpilogueShape {}

const layer = (shape: Int8ConvShape): Int8LayerShape => ({ ...shape, ...reluActivation }) as Int8LayerShape;

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
  valid: (shape) => allOf(validInt8Conv(shape), validEpilogue(shape)),
  bindings,
  inputs: (shape, random) => ({ ...int8ConvQuantized(shape, random), bias: random.values(biasLength(shape)) }),
  reference: (inputs, shape, pick) => [
    scaledAnswer('Y', shape, inputs, (finish) => int8ConvSums(inputs, shape, pick, finish)),
  ],
  unquantized: (shape, random, pick) => {
    const numbers = int8ConvNumbers(shape, random);
    const bias = random.values(biasLength(shape));
    return [plainAnswer('Y', shape, bias, (finish) => int8ConvUnquantized(numbers, shape, pick, finish))];
  },
  cost: int8ConvCost,
  cases: int8ConvCases.map((shape, i) => ({ ...shape, ...everyActivation[i % 4] }) as Int8LayerShape),
  presets: int8ConvPresets.map(({ title, shape }) => ({ title, shape: layer(shape) })),
  sweep: int8ConvSweep.map(layer),
});
