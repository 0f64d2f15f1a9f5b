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
import { codeOf } from '../lib/requantize.js';

export interface Int8CodesShape extends Int8ConvShape {
  /** 1 the sums, 2 the sums times their scale, rounded, moved and clipped. */
  readonly output: number;
}

const bindings: readonly Binding<Int8CodesShape>[] = [
  ...int8ConvBindings,
  { name: 'bias', access: 'read', element: 'i32', length: biasLength, about: 'filters; one unused number if none' },
  {
    name: 'range',
    access: 'read',
    element: 'i32',
    length: () => 3,
    about: 'zero point, least and greatest code of Y; unused for sums',
  },
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
  parameters: [
    ...int8ConvParameters,
    { name: 'output', about: '1 the sums, 2 codes: sums times scale, rounded to even, moved and clipped' },
  ],
  valid: (shape) => {
    const valid = validInt8Conv(shape);
    return valid !== true ? valid : shape.output <= 2 || 'output is 1 (sums) or 2 (codes)';
  },
  bindings,
  inputs: (shape, random) => ({
    ...int8ConvInputs(shape, random),
    bias: Int32Array.from(random.values(biasLength(shape)), (value) => Math.round(1000 * value)),
    range: Int32Array.of(128, 0, 255),
  }),
  reference: (inputs, shape, pick) => {
    const values: number[] = [];
    const bounds: number[] = [];
    const { scale, bias, range } = inputs;
    const [zero, least, greatest] = Array.from(range!) as [number, number, number];
    const { rows, columns } = int8ConvSums(inputs, shape, pick, (sum, at, filter) => {
      const total = sum + (shape.bias === 1 ? 0 : bias![filter]!);
      const code = codeOf(total * scale![shape.scales === 1 ? 0 : filter]!, zero, least, greatest);
      values[at] = shape.output === 1 ? total : code.value;
      bounds[at] = shape.output === 1 ? 0 : code.bound;
    });
    return [{ output: 'Y', columns, rows, values: Float64Array.from(values), bounds: Float64Array.from(bounds) }];
  },
  cost: int8ConvCost,
  cases: int8ConvCases.map((shape, i) => ({ ...shape, output: 1 + (i % 2) })),
  presets: int8ConvPresets.map(({ title, shape }) => ({ title, shape: codes(shape) })),
  sweep: int8ConvSweep.map(codes),
});
