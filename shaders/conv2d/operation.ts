/** Y = activation(X ∗ W + bias): convolution of images by channels, as networks for images need it. */

import { defineOperation } from '../../src/kernel/operation.js';
import { f32Roundoff, gamma } from '../../src/numerics/matmul.js';
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

export interface ConvShape extends ConvolutionShape, EpilogueShape {}

const layer = (channels: number, side: number, filters = channels): ConvShape => ({
  ...layerOf3x3(channels, side, filters),
  ...reluActivation,
});

const unit = { ...plainWindows, ...noActivation } as const;

export const conv2d = defineOperation<ConvShape>({
  id: 'conv2d',
  title: 'Convolution 2-D f32',
  summary: 'Y = activation(X ∗ W + bias) in f32, NCHW, with groups, strides, dilation and padding of each side.',
  parameters: [...convolutionParameters, ...epilogueParameters],
  valid(shape) {
    const groups = validGroups(shape);
    return groups === true ? validEpilogue(shape) : groups;
  },
  bindings: [...operandBindings('f32', 'filters × channels/groups × kernel'), resultBinding('f32')],
  inputs: (shape, random) => ({
    X: random.values(inputLength(shape)),
    W: random.values(weightLength(shape)),
    bias: random.values(biasLength(shape)),
  }),
  reference: ({ X, W, bias }, shape, pick) => {
    const columns = shape.outHeight * shape.outWidth;
    // The products and sums, the bias, the slope.
    const factor = gamma(depthOf(shape) + 2, f32Roundoff) * growth(shape);
    return answerByRow('Y', columns, pick(shape.batch * shape.filters), (row, values, bounds) => {
      const offset = shape.bias === 1 ? 0 : bias![row % shape.filters]!;
      for (let at = 0; at < columns; at++) {
        const { sum, size } = windowSum(X!, W!, shape, row, at);
        values[at] = activate(shape, sum + offset);
        bounds[at] = factor * (size + Math.abs(offset));
      }
    });
  },
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

/** The exact sum at pixel `at` of plane `row` of Y, with the sum of magnitudes. */
function windowSum(x: ArrayLike<number>, w: ArrayLike<number>, shape: ConvShape, row: number, at: number) {
  let [sum, size] = [0, 0];
  eachProduct(shape, row, at, (inX, inW) => {
    const term = x[inX]! * w[inW]!;
    sum += term;
    size += Math.abs(term);
  });
  return { sum, size };
}
