/** Y = Σ(X − z)·W + bias on packed bytes, exact in integers, quantized again where asked for. */
import { type Binding, defineOperation } from '../../src/kernel/operation.js';
import {
  biasLength,
  type Int8ConvShape,
  int8ConvBindings,
  int8ConvCases,
  int8ConvCost,
  int8ConvInputs,
  int8ConvParameters,
  int8ConvPresets,
  int8ConvSums,
  int8ConvSweep,
  outputLength,
  validInt8Conv,
} from '../lib/int8-conv/operation.js';
import { codedAnswer } from '../lib/int8-pack/layer.js';
import { outputParameter, type RequantizedShape, rangeBinding, rangeOfBytes, validOutput } from '../lib/requantize.js';
import { allOf } from '../lib/valid.js';

export interface Int8CodesShape extends Int8ConvShape, RequantizedShape {}

const bindings: readonly Binding<Int8CodesShape>[] = [
  ...int8ConvBindings,
  { name: 'bias', access: 'read', element: 'i32', length: biasLength, about: 'filters; one unused number if none' },
  rangeBinding,
  {
    name: 'Y',
    access: 'read_write',
    element: 'i32',
    length: outputLength,
    about: 'batch × filters × outHeight × outWidth, a word each',
  },
];

const codes = (shape: Int8ConvShape): Int8CodesShape => ({ ...shape, output: 2 });

export const conv2dInt8Codes = defineOperation<Int8CodesShape>({
  id: 'conv2d-int8-codes',
  title: 'Convolution 2-D int8 to codes',
  summary: 'Y = Σ(X − z)·W + bias for bytes, four channels to a word, as exact sums or scaled back to codes.',
  parameters: [...int8ConvParameters, outputParameter],
  valid: (shape) => allOf(validInt8Conv(shape), validOutput(shape)),
  bindings,
  inputs: (shape, random) => ({
    ...int8ConvInputs(shape, random),
    bias: Int32Array.from(random.values(biasLength(shape)), (value) => Math.round(1000 * value)),
    range: rangeOfBytes(),
  }),
  reference: (inputs, shape, pick) => {
    const offset = (filter: number): number => (shape.bias === 1 ? 0 : inputs.bias![filter]!);
    return codedAnswer('Y', shape, inputs, (finish) =>
      int8ConvSums(inputs, shape, pick, (sum, at, filter) => finish(sum + offset(filter), at, filter)),
    );
  },
  cost: int8ConvCost,
  cases: int8ConvCases.map((shape, i) => ({ ...shape, output: 1 + (i % 2) })),
  presets: int8ConvPresets.map(({ title, shape }) => ({ title, shape: codes(shape) })),
  sweep: int8ConvSweep.map(codes),
});
