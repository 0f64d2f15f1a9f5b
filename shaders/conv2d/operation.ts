/** Y = activation(X ∗ W + bias): convolution of images by channels, as networks for images need it. */

import { defineOperation } from '../../src/kernel/operation.js';
import {
  type ConvShape,
  convolutionAnswer,
  convolutionInputs,
  convolutionSignature,
  type PlaneSums,
} from '../lib/convolution/f32.js';
import {
  convolutionBytes,
  depthOf,
  eachProduct,
  layerOf3x3,
  outputLength,
  plainWindows,
  singlePixel,
} from '../lib/convolution/shape.js';
import { clipActivation, leakyActivation, noActivation, reluActivation } from '../lib/epilogue.js';

export type { ConvShape };

const layer = (channels: number, side: number, filters = channels): ConvShape => ({
  ...layerOf3x3(channels, side, filters),
  ...reluActivation,
});

const unit = { ...plainWindows, ...noActivation } as const;

export const conv2d = defineOperation<ConvShape>({
  id: 'conv2d',
  title: 'Convolution 2-D f32',
  summary: 'Y = activation(X ∗ W + bias) in f32, NCHW, with groups, strides, dilation and padding of each side.',
  ...convolutionSignature('filters × channels/groups × kernel'),
  inputs: convolutionInputs,
  reference: (inputs, shape, pick) => convolutionAnswer(inputs, shape, pick, windowSums),
  cost: (shape) => ({
    operations: { fma32: outputLength(shape) * depthOf(shape) },
    nominal: 2 * outputLength(shape) * depthOf(shape),
    ...convolutionBytes(shape),
  }),
  cases: [
    { ...singlePixel, ...noActivation },
    { ...layer(5, 13, 7), batch: 2 },
    {
      ...unit,
      ...{ channels: 6, height: 17, width: 11, filters: 9, groups: 3, kernelHeight: 3, kernelWidth: 2, bias: 2 },
      ...{ strideY: 2, strideX: 3, dilationY: 2, dilationX: 1, top: 3, left: 1, outHeight: 8, outWidth: 4 },
      ...leakyActivation(0.2),
    },
    { ...layer(8, 9, 16), groups: 8, ...clipActivation(0, 6) },
    {
      ...unit,
      ...{ channels: 3, height: 1, width: 37, filters: 5, kernelHeight: 1, kernelWidth: 7 },
      ...{ strideX: 2, dilationX: 2, left: 4, outHeight: 1, outWidth: 16 },
    },
    { ...layer(32, 6, 36), kernelHeight: 1, kernelWidth: 1, top: 1, left: 1 },
  ],
  presets: [
    { title: 'ResNet 3 × 3, 64 channels, 56²', shape: layer(64, 56) },
    { title: 'ResNet 3 × 3, 256 channels, 14²', shape: layer(256, 14) },
    { title: 'MobileNet depthwise, 144 channels, 56²', shape: { ...layer(144, 56), groups: 144 } },
    {
      title: 'First layer 7 × 7, stride 2, 224²',
      shape: {
        ...layer(3, 224, 64),
        ...{ kernelHeight: 7, kernelWidth: 7, strideY: 2, strideX: 2, top: 4, left: 4, outHeight: 112, outWidth: 112 },
      },
    },
  ],
  sweep: [7, 14, 28, 56, 112].map((side) => layer(64, side)),
});

/** The exact sums of plane `row` of Y. */
function windowSums(x: ArrayLike<number>, w: ArrayLike<number>, shape: ConvShape, row: number): PlaneSums {
  const pixels = shape.outHeight * shape.outWidth;
  const [values, sizes] = [new Float64Array(pixels), new Float64Array(pixels)];
  for (let at = 0; at < pixels; at++) {
    eachProduct(shape, row, at, (inX, inW) => {
      const term = x[inX]! * w[inW]!;
      values[at]! += term;
      sizes[at]! += Math.abs(term);
    });
  }
  return { values, sizes };
}
