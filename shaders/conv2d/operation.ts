/** Y = activation(X ∗ W + bias): convolution of images by channels, as networks for images need it. */
import { defineOperation } from '../../src/kernel/operation.js';
import { f32Roundoff, gamma } from '../../src/numerics/matmul.js';
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
import { type WindowShape, windowParameters } from '../lib/window.js';

export interface ConvShape extends WindowShape, EpilogueShape {
  readonly filters: number;
  readonly groups: number;
  /** 1 none, 2 one number for each filter. */
  readonly bias: number;
}

const unit = {
  ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, top: 1, left: 1 },
  ...{ batch: 1, groups: 1, bias: 1 },
  ...noActivation,
} as const;

/** A layer of 3 × 3 windows with one pixel of padding, as ResNet has. */
const layer = (channels: number, side: number, filters = channels): ConvShape => ({
  ...unit,
  ...{ channels, height: side, width: side, filters, outHeight: side, outWidth: side },
  ...{ kernelHeight: 3, kernelWidth: 3, top: 2, left: 2, bias: 2 },
  ...reluActivation,
});

export const conv2d = defineOperation<ConvShape>({
  id: 'conv2d',
  title: 'Convolution 2-D f32',
  summary: 'Y = activation(X ∗ W + bias) in f32, NCHW, with groups, strides, dilation and padding of each side.',
  parameters: [
    ...windowParameters,
    { name: 'filters', about: 'channels of Y' },
    { name: 'groups', about: 'groups of channels, each with filters of its own' },
    { name: 'bias', about: '1 none, 2 one number for each filter' },
    ...epilogueParameters,
  ],
  valid(shape) {
    const { channels, filters, groups } = shape;
    if (channels % groups !== 0 || filters % groups !== 0) {
      return `${groups} groups do not divide ${channels} channels and ${filters} filters`;
    }
    return validEpilogue(shape);
  },
  bindings: [
    { name: 'X', access: 'read', element: 'f32', length: inputLength, about: 'batch × channels × height × width' },
    { name: 'W', access: 'read', element: 'f32', length: weightLength, about: 'filters × channels/groups × kernel' },
    { name: 'bias', access: 'read', element: 'f32', length: biasLength, about: 'filters; one unused number if none' },
    {
      name: 'Y',
      access: 'read_write',
      element: 'f32',
      length: outputLength,
      about: 'batch × filters × outHeight × outWidth',
    },
  ],
  inputs: (shape, random) => ({
    X: random.values(inputLength(shape)),
    W: random.values(weightLength(shape)),
    bias: random.values(biasLength(shape)),
  }),
  reference: ({ X, W, bias }, shape, pick) => {
    const columns = shape.outHeight * shape.outWidth;
    const rows = pick(shape.batch * shape.filters);
    const values = new Float64Array(rows.length * columns);
    const bounds = new Float64Array(rows.length * columns);
    // The products and sums, the bias, the slope.
    const factor = gamma(depthOf(shape) + 2, f32Roundoff) * growth(shape);
    rows.forEach((row, r) => {
      const offset = shape.bias === 1 ? 0 : bias![row % shape.filters]!;
      for (let at = 0; at < columns; at++) {
        const { sum, size } = windowSum(X!, W!, shape, row, at);
        values[r * columns + at] = activate(shape, sum + offset);
        bounds[r * columns + at] = factor * (size + Math.abs(offset));
      }
    });
    return [{ output: 'Y', columns, rows, values, bounds }];
  },
  cost: (shape) => ({
    operations: { fma32: outputLength(shape) * depthOf(shape) },
    nominal: 2 * outputLength(shape) * depthOf(shape),
    bytesRead: 4 * (inputLength(shape) + weightLength(shape) + biasLength(shape)),
    bytesWritten: 4 * outputLength(shape),
  }),
  cases: [
    {
      ...unit,
      channels: 1,
      height: 1,
      width: 1,
      filters: 1,
      outHeight: 1,
      outWidth: 1,
      kernelHeight: 1,
      kernelWidth: 1,
    },
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

/** Products in each sum. */
export function depthOf({ channels, groups, kernelHeight, kernelWidth }: ConvShape): number {
  return (channels / groups) * kernelHeight * kernelWidth;
}

function inputLength({ batch, channels, height, width }: ConvShape): number {
  return batch * channels * height * width;
}

function weightLength(shape: ConvShape): number {
  return shape.filters * depthOf(shape);
}

function biasLength({ bias, filters }: ConvShape): number {
  return bias === 1 ? 1 : filters;
}

function outputLength({ batch, filters, outHeight, outWidth }: ConvShape): number {
  return batch * filters * outHeight * outWidth;
}

/** The exact sum at pixel `at` of plane `row` of Y, with the sum of magnitudes. */
function windowSum(x: ArrayLike<number>, w: ArrayLike<number>, shape: ConvShape, row: number, at: number) {
  const { channels, groups, filters, height, width, kernelHeight, kernelWidth, outWidth } = shape;
  const perGroup = channels / groups;
  const filter = row % filters;
  const firstPlane = Math.floor(row / filters) * channels + Math.floor(filter / (filters / groups)) * perGroup;
  const firstY = Math.floor(at / outWidth) * shape.strideY + 1 - shape.top;
  const firstX = (at % outWidth) * shape.strideX + 1 - shape.left;
  let [sum, size] = [0, 0];
  for (let c = 0; c < perGroup; c++) {
    for (let v = 0; v < kernelHeight; v++) {
      for (let u = 0; u < kernelWidth; u++) {
        const [iy, ix] = [firstY + v * shape.dilationY, firstX + u * shape.dilationX];
        if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
        const weight = w[((filter * perGroup + c) * kernelHeight + v) * kernelWidth + u]!;
        const term = x[((firstPlane + c) * height + iy) * width + ix]! * weight;
        sum += term;
        size += Math.abs(term);
      }
    }
  }
  return { sum, size };
}
