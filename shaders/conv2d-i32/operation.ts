/** Y = (X − zero) ∗ (W − zeros) + bias on quantized codes, exact in integers, quantized again where asked for. */

import { defineOperation } from '../../src/kernel/operation.js';
import { longestSum } from '../bmm-i32/operation.js';
import { answerByRow } from '../lib/answer.js';
import {
  biasLength,
  type ConvolutionShape,
  convolutionBytes,
  convolutionParameters,
  depthOf,
  eachProduct,
  inputLength,
  layerOf3x3,
  operandBindings,
  outputLength,
  plainWindows,
  resultBinding,
  singlePixel,
  validGroups,
  weightLength,
} from '../lib/convolution/shape.js';
import {
  drawnCodes,
  drawnScales,
  outputParameter,
  type RequantizedShape,
  rangeBinding,
  rangeOfBytes,
  resultOf,
  scaleBinding,
  validOutput,
} from '../lib/requantize.js';

export interface IntegerConvShape extends ConvolutionShape, RequantizedShape {
  /** 1, or one for each filter. */
  readonly wZeros: number;
}

const sums = { wZeros: 1, scales: 1, output: 1 } as const;

const layer = (channels: number, side: number, filters = channels): IntegerConvShape => ({
  ...layerOf3x3(channels, side, filters),
  ...{ wZeros: 1, scales: filters, output: 2 },
});

export const conv2dI32 = defineOperation<IntegerConvShape>({
  id: 'conv2d-i32',
  title: 'Integer convolution 2-D',
  summary: 'Y = (X − zero) ∗ (W − zeros) + bias for 8-bit codes in 32-bit words, NCHW, exact, or scaled back to codes.',
  parameters: [
    ...convolutionParameters,
    { name: 'wZeros', about: 'zero points of W: 1, or one for each filter' },
    { name: 'scales', about: 'scales of the sums: 1, or one for each filter' },
    outputParameter,
  ],
  valid(shape) {
    const { filters, wZeros, scales } = shape;
    const groups = validGroups(shape);
    if (groups !== true) return groups;
    if (depthOf(shape) > longestSum) return `sums of ${depthOf(shape)} products may need more than 32 bits`;
    if (wZeros !== 1 && wZeros !== filters) return 'there is one zero point of W, or one for each filter';
    if (scales !== 1 && scales !== filters) return 'there is one scale, or one for each filter';
    return validOutput(shape);
  },
  bindings: [
    ...operandBindings('i32', 'filters × channels/groups × kernel'),
    {
      name: 'xZero',
      access: 'read',
      element: 'i32',
      length: () => 1,
      about: 'zero point of X; the padding is as large',
    },
    { name: 'wZero', access: 'read', element: 'i32', length: ({ wZeros }) => wZeros, about: 'wZeros' },
    scaleBinding,
    rangeBinding,
    resultBinding('i32'),
  ],
  inputs: (shape, random) => ({
    X: drawnCodes(random, inputLength(shape), 128),
    W: drawnCodes(random, weightLength(shape), 120),
    bias: Int32Array.from(random.values(biasLength(shape)), (value) => Math.round(1000 * value)),
    xZero: Int32Array.of(128),
    wZero: drawnCodes(random, shape.wZeros, 120),
    scale: drawnScales(random, shape.scales, depthOf(shape)),
    range: rangeOfBytes(),
  }),
  reference: ({ X, W, bias, xZero, wZero, scale, range }, shape, pick) => {
    const columns = shape.outHeight * shape.outWidth;
    return answerByRow('Y', columns, pick(shape.batch * shape.filters), (row, values, bounds) => {
      const filter = row % shape.filters;
      const weightZero = wZero![shape.wZeros === 1 ? 0 : filter]!;
      for (let at = 0; at < columns; at++) {
        let sum = shape.bias === 1 ? 0 : bias![filter]!;
        eachProduct(shape, row, at, (inX, inW) => {
          sum += (X![inX]! - xZero![0]!) * (W![inW]! - weightZero);
        });
        const result = resultOf(shape, sum, scale![shape.scales === 1 ? 0 : filter]!, range!);
        values[at] = result.value;
        bounds[at] = result.bound;
      }
    });
  },
  cost: (shape) => {
    const products = outputLength(shape) * depthOf(shape);
    return {
      operations: { imul: products, iadd: 3 * products },
      nominal: 2 * products,
      ...convolutionBytes(shape),
    };
  },
  cases: [
    { ...singlePixel, ...sums },
    { ...layer(5, 9, 7), batch: 2 },
    {
      ...plainWindows,
      ...sums,
      ...{ channels: 6, height: 13, width: 11, filters: 9, groups: 3, kernelHeight: 3, kernelWidth: 2, wZeros: 9 },
      ...{ strideY: 2, strideX: 3, dilationY: 2, dilationX: 1, top: 3, left: 1, outHeight: 6, outWidth: 4 },
    },
    { ...layer(8, 7), groups: 8, scales: 1, bias: 1 },
  ],
  presets: [
    { title: 'ResNet 3 × 3, 64 channels, 56²', shape: layer(64, 56) },
    { title: 'ResNet 3 × 3, 256 channels, 14²', shape: layer(256, 14) },
  ],
  sweep: [7, 14, 28, 56].map((side) => layer(64, side)),
});
