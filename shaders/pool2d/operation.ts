/** Maximum, mean or norm of each window of an image. */

import { defineOperation } from '../../src/kernel/operation.js';
import { f32Roundoff, gamma } from '../../src/numerics/matmul.js';
import { answerByRow } from '../lib/answer.js';
import { type WindowShape, windowParameters } from '../lib/window.js';

export interface PoolShape extends WindowShape {
  readonly bottom: number;
  readonly right: number;
  /** 1 maximum, 2 mean of what is inside X, 3 mean with padding, 4 sum of magnitudes, 5 Euclidean norm. */
  readonly mode: number;
}

const unit = {
  ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1 },
  ...{ batch: 1, top: 1, left: 1, bottom: 1, right: 1 },
} as const;

const halving = (channels: number, side: number): PoolShape => ({
  ...unit,
  ...{ channels, height: side, width: side, outHeight: Math.floor(side / 2), outWidth: Math.floor(side / 2) },
  ...{ kernelHeight: 2, kernelWidth: 2, strideY: 2, strideX: 2, mode: 1 },
});

const whole = (channels: number, height: number, width: number, mode: number): PoolShape => ({
  ...unit,
  ...{ channels, height, width, outHeight: 1, outWidth: 1, kernelHeight: height, kernelWidth: width, mode },
});

export const pool2d = defineOperation<PoolShape>({
  id: 'pool2d',
  title: 'Pooling 2-D f32',
  summary: 'Y = maximum, mean or norm of each window of X in f32, NCHW, with strides, dilation and padding.',
  parameters: [
    ...windowParameters,
    { name: 'bottom', about: '1 + rows of padding below, which a mean with padding counts' },
    { name: 'right', about: '1 + columns of padding on the right' },
    { name: 'mode', about: '1 maximum, 2 mean of what is inside X, 3 mean with padding, 4 Σ|x|, 5 √Σx²' },
  ],
  valid: ({ mode }) => mode <= 5 || `mode is 1 to 5, not ${mode}`,
  bindings: [
    { name: 'X', access: 'read', element: 'f32', length: inputLength, about: 'batch × channels × height × width' },
    {
      name: 'Y',
      access: 'read_write',
      element: 'f32',
      length: outputLength,
      about: 'batch × channels × outHeight × outWidth',
    },
  ],
  inputs: (shape, random) => ({ X: random.values(inputLength(shape)) }),
  reference: ({ X }, shape, pick) => {
    const columns = shape.outHeight * shape.outWidth;
    return answerByRow('Y', columns, pick(shape.batch * shape.channels), (row, values, bounds) => {
      for (let at = 0; at < columns; at++) {
        const { value, bound } = pooled(windowOf(X!, shape, row, at), shape.mode);
        values[at] = value;
        bounds[at] = bound;
      }
    });
  },
  cost: (shape) => {
    const elements = outputLength(shape) * shape.kernelHeight * shape.kernelWidth;
    return {
      operations: shape.mode === 5 ? { fma32: elements } : { add32: elements },
      nominal: elements,
      bytesRead: 4 * inputLength(shape),
      bytesWritten: 4 * outputLength(shape),
    };
  },
  cases: [
    whole(1, 1, 1, 1),
    { ...halving(5, 11), batch: 2, kernelHeight: 3, top: 2, bottom: 2, mode: 2, dilationX: 2, outWidth: 4 },
    { ...halving(3, 15), mode: 3, top: 2, left: 2, bottom: 2, right: 2, outHeight: 8, outWidth: 8 },
    { ...halving(4, 12), top: 2, left: 2, kernelHeight: 3, kernelWidth: 3 },
    whole(7, 17, 13, 2),
    whole(3, 1, 300, 5),
    { ...whole(4, 9, 9, 4), batch: 3 },
  ],
  presets: [
    {
      title: 'First pooling of ResNet',
      shape: { ...halving(64, 112), kernelHeight: 3, kernelWidth: 3, top: 2, left: 2 },
    },
    { title: 'Mean over 7 × 7', shape: whole(2048, 7, 7, 2) },
  ],
  sweep: [8, 16, 32, 64, 128].map((side) => halving(64, side)),
});

function inputLength({ batch, channels, height, width }: PoolShape): number {
  return batch * channels * height * width;
}

function outputLength({ batch, channels, outHeight, outWidth }: PoolShape): number {
  return batch * channels * outHeight * outWidth;
}

interface Window {
  /** What of the window lies inside X. */
  readonly inside: readonly number[];
  /** Elements inside X or its padding. */
  readonly padded: number;
}

function windowOf(x: ArrayLike<number>, shape: PoolShape, plane: number, at: number): Window {
  const { height, width, outWidth, kernelHeight, kernelWidth } = shape;
  const firstY = Math.floor(at / outWidth) * shape.strideY + 1 - shape.top;
  const firstX = (at % outWidth) * shape.strideX + 1 - shape.left;
  const inside: number[] = [];
  let padded = 0;
  for (let v = 0; v < kernelHeight; v++) {
    for (let u = 0; u < kernelWidth; u++) {
      const [iy, ix] = [firstY + v * shape.dilationY, firstX + u * shape.dilationX];
      if (iy < height + shape.bottom - 1 && ix < width + shape.right - 1) padded++;
      if (iy >= 0 && iy < height && ix >= 0 && ix < width) inside.push(x[(plane * height + iy) * width + ix]!);
    }
  }
  return { inside, padded };
}

/** A division may be 2.5 ULP off, a square root 4 at most (1/inverseSqrt: 2 and 2.5, less than 5): 2⁻²³ each of the value. */
function pooled({ inside, padded }: Window, mode: number): { readonly value: number; readonly bound: number } {
  const ulp = 2 * f32Roundoff;
  const summed = gamma(inside.length, f32Roundoff);
  const size = inside.reduce((sum, x) => sum + Math.abs(x), 0);
  if (mode === 1) return { value: Math.max(...inside), bound: 0 };
  if (mode === 4) return { value: size, bound: summed * size };
  if (mode === 5) {
    const value = Math.sqrt(inside.reduce((sum, x) => sum + x * x, 0));
    return { value, bound: (summed + 5 * ulp) * value };
  }
  const count = mode === 3 ? padded : inside.length;
  const value = inside.reduce((sum, x) => sum + x, 0) / count;
  return { value, bound: ((summed + 3 * ulp) * size) / count };
}
