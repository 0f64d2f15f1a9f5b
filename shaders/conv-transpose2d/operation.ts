/** Y = activation(X ∗ᵀ W + bias): transposed convolution, which spreads each pixel over a window. */

import { defineOperation } from '../../src/kernel/operation.js';
import {
  type ConvShape,
  convolutionAnswer,
  convolutionInputs,
  convolutionSignature,
  type PlaneSums,
} from '../lib/convolution/f32.js';
import { convolutionBytes, inputLength, plainWindows, singlePixel } from '../lib/convolution/shape.js';
import { noActivation, reluActivation } from '../lib/epilogue.js';

/** Doubles height and width by windows of 4 × 4, as generators of images do. */
const doubling = (channels: number, side: number, filters: number): ConvShape => ({
  ...plainWindows,
  ...noActivation,
  ...{ channels, height: side, width: side, filters, outHeight: 2 * side, outWidth: 2 * side },
  ...{ kernelHeight: 4, kernelWidth: 4, strideY: 2, strideX: 2, top: 2, left: 2, bias: 2 },
});

export const convTranspose2d = defineOperation<ConvShape>({
  id: 'conv-transpose2d',
  title: 'Transposed convolution 2-D f32',
  summary: 'Y = activation(X ∗ᵀ W + bias) in f32, NCHW: each pixel of X is spread over a window of Y.',
  ...convolutionSignature('channels × filters/groups × kernel'),
  inputs: convolutionInputs,
  reference: (inputs, shape, pick) => convolutionAnswer(inputs, shape, pick, spread),
  cost: (shape) => {
    const products = inputLength(shape) * (shape.filters / shape.groups) * shape.kernelHeight * shape.kernelWidth;
    return {
      operations: { fma32: products },
      nominal: 2 * products,
      ...convolutionBytes(shape),
    };
  },
  cases: [
    { ...singlePixel, ...noActivation, bias: 2, strideY: 2, strideX: 2 },
    { ...doubling(3, 7, 5), batch: 2 },
    {
      ...doubling(6, 5, 9),
      ...{
        groups: 3,
        kernelHeight: 3,
        kernelWidth: 2,
        strideY: 3,
        dilationX: 3,
        outHeight: 14,
        outWidth: 11,
        top: 2,
        left: 1,
      },
      ...reluActivation,
    },
    { ...doubling(4, 9, 6), height: 1, kernelHeight: 1, strideY: 1, top: 1, outHeight: 1, bias: 1 },
    {
      ...doubling(3, 3, 4),
      kernelHeight: 2,
      kernelWidth: 2,
      strideY: 3,
      strideX: 3,
      top: 1,
      left: 1,
      outHeight: 9,
      outWidth: 10,
    },
  ],
  presets: [
    { title: '8² to 16², 256 channels', shape: doubling(256, 8, 128) },
    { title: '32² to 64², 64 channels', shape: doubling(64, 32, 32) },
  ],
  sweep: [4, 8, 16, 32].map((side) => doubling(64, side, 64)),
});

/** Plane `row` of Y without bias, by spreading every pixel of X: the other way round than the kernels go. */
function spread(x: ArrayLike<number>, w: ArrayLike<number>, shape: ConvShape, row: number): PlaneSums {
  const { channels, groups, filters, height, width, kernelHeight, kernelWidth, outHeight, outWidth } = shape;
  const [values, sizes] = [new Float64Array(outHeight * outWidth), new Float64Array(outHeight * outWidth)];
  const [perGroup, ofGroup] = [channels / groups, filters / groups];
  const group = Math.floor((row % filters) / ofGroup);
  for (let at = 0; at < perGroup * height * width * kernelHeight * kernelWidth; at++) {
    const u = at % kernelWidth;
    const v = Math.floor(at / kernelWidth) % kernelHeight;
    const pixel = Math.floor(at / (kernelWidth * kernelHeight));
    const channel = group * perGroup + Math.floor(pixel / (height * width));
    const within = pixel % (height * width);
    const y = Math.floor(within / width) * shape.strideY + v * shape.dilationY + 1 - shape.top;
    const x0 = (within % width) * shape.strideX + u * shape.dilationX + 1 - shape.left;
    if (y < 0 || y >= outHeight || x0 < 0 || x0 >= outWidth) continue;
    const weight = w[((channel * ofGroup + (row % ofGroup)) * kernelHeight + v) * kernelWidth + u]!;
    const term = x[(Math.floor(row / filters) * channels + channel) * height * width + within]! * weight;
    values[y * outWidth + x0]! += term;
    sizes[y * outWidth + x0]! += Math.abs(term);
  }
  return { values, sizes };
}
