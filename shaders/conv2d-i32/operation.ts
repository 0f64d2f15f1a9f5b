/** Y = (X − zero) ∗ (W − zeros) + bias on quantized codes, exact in integers, quantized again where asked for. */
import { defineOperation } from '../../src/kernel/operation.js';
import { longestSum } from '../bmm-i32/operation.js';
import { codeOf } from '../lib/requantize.js';
import { type WindowShape, windowParameters } from '../lib/window.js';

export interface IntegerConvShape extends WindowShape {
  readonly filters: number;
  readonly groups: number;
  /** 1 none, 2 one for each filter. */
  readonly bias: number;
  /** 1, or one for each filter. */
  readonly wZeros: number;
  /** 1, or one for each filter. */
  readonly scales: number;
  /** 1 the sums, 2 the sums times their scale, rounded, moved and clipped. */
  readonly output: number;
}

const unit = {
  ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, top: 1, left: 1 },
  ...{ batch: 1, groups: 1, bias: 1, wZeros: 1, scales: 1, output: 1 },
} as const;

const layer = (channels: number, side: number, filters = channels): IntegerConvShape => ({
  ...unit,
  ...{ channels, height: side, width: side, filters, outHeight: side, outWidth: side },
  ...{ kernelHeight: 3, kernelWidth: 3, top: 2, left: 2, bias: 2, scales: filters, output: 2 },
});

export const conv2dI32 = defineOperation<IntegerConvShape>({
  id: 'conv2d-i32',
  title: 'Integer convolution 2-D',
  summary: 'Y = (X − zero) ∗ (W − zeros) + bias for 8-bit codes in 32-bit words, NCHW, exact, or scaled back to codes.',
  parameters: [
    ...windowParameters,
    { name: 'filters', about: 'channels of Y' },
    { name: 'groups', about: 'groups of channels, each with filters of its own' },
    { name: 'bias', about: '1 none, 2 one number for each filter' },
    { name: 'wZeros', about: 'zero points of W: 1, or one for each filter' },
    { name: 'scales', about: 'scales of the sums: 1, or one for each filter' },
    { name: 'output', about: '1 the sums, 2 codes: sums times scale, rounded to even, moved and clipped' },
  ],
  valid(shape) {
    const { channels, filters, groups, wZeros, scales, output } = shape;
    if (channels % groups !== 0 || filters % groups !== 0) {
      return `${groups} groups do not divide ${channels} channels and ${filters} filters`;
    }
    if (depthOf(shape) > longestSum) return `sums of ${depthOf(shape)} products may need more than 32 bits`;
    if (wZeros !== 1 && wZeros !== filters) return 'there is one zero point of W, or one for each filter';
    if (scales !== 1 && scales !== filters) return 'there is one scale, or one for each filter';
    return output <= 2 || 'output is 1 (sums) or 2 (codes)';
  },
  bindings: [
    { name: 'X', access: 'read', element: 'i32', length: inputLength, about: 'batch × channels × height × width' },
    { name: 'W', access: 'read', element: 'i32', length: weightLength, about: 'filters × channels/groups × kernel' },
    { name: 'bias', access: 'read', element: 'i32', length: biasLength, about: 'filters; one unused number if none' },
    {
      name: 'xZero',
      access: 'read',
      element: 'i32',
      length: () => 1,
      about: 'zero point of X; the padding is as large',
    },
    { name: 'wZero', access: 'read', element: 'i32', length: ({ wZeros }) => wZeros, about: 'wZeros' },
    { name: 'scale', access: 'read', element: 'f32', length: ({ scales }) => scales, about: 'scales; unused for sums' },
    {
      name: 'range',
      access: 'read',
      element: 'i32',
      length: () => 3,
      about: 'zero point, least and greatest code of Y',
    },
    {
      name: 'Y',
      access: 'read_write',
      element: 'i32',
      length: outputLength,
      about: 'batch × filters × outHeight × outWidth',
    },
  ],
  inputs: (shape, random) => {
    const codes = (count: number, zero: number): Int32Array<ArrayBuffer> =>
      Int32Array.from(random.values(count), (value) => Math.min(255, Math.max(0, Math.round(40 * value) + zero)));
    return {
      X: codes(inputLength(shape), 128),
      W: codes(weightLength(shape), 120),
      bias: Int32Array.from(random.values(biasLength(shape)), (value) => Math.round(1000 * value)),
      xZero: Int32Array.of(128),
      wZero: codes(shape.wZeros, 120),
      scale: Float32Array.from(
        random.values(shape.scales),
        (value) => (1 + 0.1 * value) / (40 * Math.sqrt(depthOf(shape))),
      ),
      range: Int32Array.of(128, 0, 255),
    };
  },
  reference: ({ X, W, bias, xZero, wZero, scale, range }, shape, pick) => {
    const columns = shape.outHeight * shape.outWidth;
    const rows = pick(shape.batch * shape.filters);
    const values = new Float64Array(rows.length * columns);
    const bounds = new Float64Array(rows.length * columns);
    const [zero, least, greatest] = Array.from(range!) as [number, number, number];
    rows.forEach((row, r) => {
      const filter = row % shape.filters;
      const weightZero = wZero![shape.wZeros === 1 ? 0 : filter]!;
      for (let at = 0; at < columns; at++) {
        const sum = windowSum(X!, W!, shape, { row, at, xZero: xZero![0]!, wZero: weightZero });
        const total = sum + (shape.bias === 1 ? 0 : bias![filter]!);
        const code = codeOf(total * scale![shape.scales === 1 ? 0 : filter]!, zero, least, greatest);
        values[r * columns + at] = shape.output === 1 ? total : code.value;
        bounds[r * columns + at] = shape.output === 1 ? 0 : code.bound;
      }
    });
    return [{ output: 'Y', columns, rows, values, bounds }];
  },
  cost: (shape) => {
    const products = outputLength(shape) * depthOf(shape);
    return {
      operations: { imul: products, iadd: 3 * products },
      nominal: 2 * products,
      bytesRead: 4 * (inputLength(shape) + weightLength(shape) + biasLength(shape)),
      bytesWritten: 4 * outputLength(shape),
    };
  },
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
    { ...layer(5, 9, 7), batch: 2 },
    {
      ...unit,
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

/** Products in each sum. */
export function depthOf({ channels, groups, kernelHeight, kernelWidth }: IntegerConvShape): number {
  return (channels / groups) * kernelHeight * kernelWidth;
}

function inputLength({ batch, channels, height, width }: IntegerConvShape): number {
  return batch * channels * height * width;
}

function weightLength(shape: IntegerConvShape): number {
  return shape.filters * depthOf(shape);
}

function biasLength({ bias, filters }: IntegerConvShape): number {
  return bias === 1 ? 1 : filters;
}

function outputLength({ batch, filters, outHeight, outWidth }: IntegerConvShape): number {
  return batch * filters * outHeight * outWidth;
}

interface Place {
  /** Plane of Y, and pixel within it. */
  readonly row: number;
  readonly at: number;
  readonly xZero: number;
  readonly wZero: number;
}

function windowSum(x: ArrayLike<number>, w: ArrayLike<number>, shape: IntegerConvShape, place: Place): number {
  const { channels, groups, filters, height, width, kernelHeight, kernelWidth, outWidth } = shape;
  const perGroup = channels / groups;
  const filter = place.row % filters;
  const firstPlane = Math.floor(place.row / filters) * channels + Math.floor(filter / (filters / groups)) * perGroup;
  const firstY = Math.floor(place.at / outWidth) * shape.strideY + 1 - shape.top;
  const firstX = (place.at % outWidth) * shape.strideX + 1 - shape.left;
  let sum = 0;
  for (let p = 0; p < depthOf(shape); p++) {
    const [c, v, u] = [
      Math.floor(p / (kernelHeight * kernelWidth)),
      Math.floor(p / kernelWidth) % kernelHeight,
      p % kernelWidth,
    ];
    const [iy, ix] = [firstY + v * shape.dilationY, firstX + u * shape.dilationX];
    if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
    const value = x[((firstPlane + c) * height + iy) * width + ix]! - place.xZero;
    sum += value * (w[filter * depthOf(shape) + p]! - place.wZero);
  }
  return sum;
}
