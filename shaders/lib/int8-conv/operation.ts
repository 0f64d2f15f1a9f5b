/** What convolutions of packed bytes share: sizes, packed inputs and exact sums; operations bring what becomes of a sum. */
import type { Binding, Buffers, Cost, Parameter, PickRows } from '../../../src/kernel/operation.js';
import { packAxis, quantizeInt8, unpackAxis } from '../../../src/numerics/int8.js';
import type { Random } from '../../../src/numerics/random.js';
import { longestSum } from '../../bmm-i32/operation.js';
import { factorsOf, quantizedActivations } from '../int8-pack/layer.js';
import { type WindowShape, windowParameters } from '../window.js';
import { placeUnder, tapsOf } from '../window-places.js';

export interface Int8ConvShape extends WindowShape {
  readonly filters: number;
  readonly groups: number;
  /** What was taken from the codes of X when they were packed, and is taken from their zero point. */
  readonly moved: number;
  /** 1 none, 2 one for each filter. */
  readonly bias: number;
  /** 1, or one for each filter. */
  readonly scales: number;
}

export const int8ConvParameters: readonly Parameter[] = [
  ...windowParameters,
  { name: 'filters', about: 'channels of Y' },
  { name: 'groups', about: 'groups of channels, each with filters of its own' },
  { name: 'moved', about: 'what was taken from the codes of X: 128 for unsigned bytes, else 0', min: 0 },
  { name: 'bias', about: '1 none, 2 one number for each filter' },
  { name: 'scales', about: 'factors of the sums: 1, or one for each filter' },
];

export function validInt8Conv(shape: Int8ConvShape): true | string {
  const { channels, filters, groups, scales, moved } = shape;
  if (channels % groups !== 0 || filters % groups !== 0) {
    return `${groups} groups do not divide ${channels} channels and ${filters} filters`;
  }
  if (depthOf(shape) > longestSum) return `sums of ${depthOf(shape)} products may need more than 32 bits`;
  if (moved !== 0 && moved !== 128) return `codes are moved by 0 or 128, not ${moved}`;
  return scales === 1 || scales === filters || 'there is one scale, or one for each filter';
}

/** X, W, their corrections and the scales, in the order of their bindings. */
export const int8ConvBindings = [
  {
    name: 'X',
    access: 'read',
    element: 'u32',
    length: inputLength,
    about: 'batch × groups × ⌈channels of a group / 4⌉ × height × width, four channels to a word',
  },
  {
    name: 'W',
    access: 'read',
    element: 'u32',
    length: weightLength,
    about: 'filters × ⌈channels of a group / 4⌉ × kernel, four channels to a word, 0 past the last',
  },
  { name: 'zero', access: 'read', element: 'i32', length: () => 1, about: 'zero point of X before it was moved' },
  { name: 'weightSums', access: 'read', element: 'i32', length: ({ filters }) => filters, about: 'Σ W of each filter' },
  { name: 'scale', access: 'read', element: 'f32', length: ({ scales }) => scales, about: 'scales' },
] as const satisfies readonly Binding<Int8ConvShape>[];

/** Channels of one group. */
export function channelsOf({ channels, groups }: Int8ConvShape): number {
  return channels / groups;
}

export function wordsOfGroup(shape: Int8ConvShape): number {
  return Math.ceil(channelsOf(shape) / 4);
}

/** Products in each sum. */
export function depthOf(shape: Int8ConvShape): number {
  return channelsOf(shape) * tapsOf(shape);
}

export function outputLength({ batch, filters, outHeight, outWidth }: Int8ConvShape): number {
  return batch * filters * outHeight * outWidth;
}

export function biasLength({ bias, filters }: Int8ConvShape): number {
  return bias === 1 ? 1 : filters;
}

function inputLength(shape: Int8ConvShape): number {
  return shape.batch * shape.groups * wordsOfGroup(shape) * shape.height * shape.width;
}

function weightLength(shape: Int8ConvShape): number {
  return shape.filters * wordsOfGroup(shape) * tapsOf(shape);
}

function inputAxes(shape: Int8ConvShape) {
  const { batch, groups, height, width } = shape;
  return { outer: batch * groups, axis: channelsOf(shape), inner: height * width, words: wordsOfGroup(shape) };
}

function weightAxes(shape: Int8ConvShape) {
  return { outer: shape.filters, axis: channelsOf(shape), inner: tapsOf(shape), words: wordsOfGroup(shape) };
}

/** Random codes in all of −128 … 127, packed. */
export function int8ConvInputs(shape: Int8ConvShape, random: Random) {
  const bytes = (count: number): Int8Array => Int8Array.from({ length: count }, () => random.below(256) - 128);
  const [x, w] = [inputAxes(shape), weightAxes(shape)];
  const zero = random.below(256) - 128;
  return {
    ...packedOperands(shape, bytes(x.outer * x.axis * x.inner), zero, bytes(w.outer * w.axis * w.inner)),
    // Sums then spread over the codes of a byte, some beyond them.
    scale: Float32Array.from(
      random.values(shape.scales),
      (value) => (1 + 0.1 * value) / (100 * Math.sqrt(depthOf(shape))),
    ),
  };
}

/** X and W before they are quantized. */
export function int8ConvNumbers(shape: Int8ConvShape, random: Random) {
  const [x, w] = [inputAxes(shape), weightAxes(shape)];
  return { x: random.values(x.outer * x.axis * x.inner), w: random.values(w.outer * w.axis * w.inner) };
}

/** Numbers that were quantized: X with one scale and zero point, W with a scale for each filter, or one. */
export function int8ConvQuantized(shape: Int8ConvShape, random: Random) {
  const { filters, scales } = shape;
  const { x, w } = int8ConvNumbers(shape, random);
  const activations = quantizedActivations(x);
  const weights = quantizeInt8(w, { rows: filters, columns: depthOf(shape) }, scales === 1 ? 'tensor' : 'row');
  return {
    ...packedOperands(shape, activations.codes, activations.zero, weights.codes),
    scale: factorsOf(activations.scale, weights.scales, scales),
  };
}

function packedOperands(shape: Int8ConvShape, x: Int8Array, zero: number, w: Int8Array) {
  return {
    X: packAxis(x, inputAxes(shape), zero),
    W: packAxis(w, weightAxes(shape)),
    zero: Int32Array.of(zero + shape.moved),
    weightSums: rowSums(w, shape.filters),
  };
}

/** Sums of neighbouring stretches of equal length. */
export function rowSums(values: ArrayLike<number>, rows: number): Int32Array<ArrayBuffer> {
  const sums = new Int32Array(rows);
  for (let i = 0; i < values.length; i++) sums[Math.floor((i * rows) / values.length)]! += values[i]!;
  return sums;
}

/** Called with each sum, its index in the result and its filter. */
type Finish = (sum: number, at: number, filter: number) => void;

/** Exact sums Σ(x − z)·w of the rows picked, each a filter's plane of Y. */
export function int8ConvSums({ X, W, zero }: Buffers, shape: Int8ConvShape, pick: PickRows, finish: Finish) {
  const [x, w] = [unpackAxis(X as Uint32Array, inputAxes(shape)), unpackAxis(W as Uint32Array, weightAxes(shape))];
  return sumsUnder({ x, zeroPoint: zero![0]! - shape.moved, w }, shape, pick, finish);
}

/** Sums of the numbers that `int8ConvQuantized` quantizes, in f64. */
export function int8ConvUnquantized(
  numbers: ReturnType<typeof int8ConvNumbers>,
  shape: Int8ConvShape,
  pick: PickRows,
  finish: Finish,
) {
  return sumsUnder({ ...numbers, zeroPoint: 0 }, shape, pick, finish);
}

interface Operands {
  readonly x: ArrayLike<number>;
  readonly zeroPoint: number;
  readonly w: ArrayLike<number>;
}

function sumsUnder({ x, zeroPoint, w }: Operands, shape: Int8ConvShape, pick: PickRows, finish: Finish) {
  const columns = shape.outHeight * shape.outWidth;
  const rows = pick(shape.batch * shape.filters);
  const [taps, depth, plane] = [tapsOf(shape), depthOf(shape), shape.height * shape.width];
  const ofGroup = shape.filters / shape.groups;
  rows.forEach((row, r) => {
    const filter = row % shape.filters;
    const image = Math.floor(row / shape.filters) * shape.groups + Math.floor(filter / ofGroup);
    for (let at = 0; at < columns; at++) {
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) {
        const place = placeUnder(shape, at, tap);
        if (place < 0) continue;
        for (let c = 0; c < depth / taps; c++) {
          const value = x[(image * channelsOf(shape) + c) * plane + place]! - zeroPoint;
          sum += value * w[filter * depth + c * taps + tap]!;
        }
      }
      finish(sum, r * columns + at, filter);
    }
  });
  return { rows, columns };
}

export function int8ConvCost(shape: Int8ConvShape): Cost {
  const sums = outputLength(shape);
  return {
    operations: { dot4: sums * wordsOfGroup(shape) * tapsOf(shape), imul: sums, iadd: sums, mul32: sums },
    nominal: 2 * sums * depthOf(shape),
    bytesRead: 4 * (inputLength(shape) + weightLength(shape) + 3 * shape.filters),
    bytesWritten: 4 * sums,
  };
}

const unit = {
  ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, top: 1, left: 1 },
  ...{ batch: 1, groups: 1, moved: 128, bias: 1, scales: 1 },
} as const;

/** A layer of 3 × 3 windows with one pixel of padding, as ResNet has. */
const int8ConvLayer = (channels: number, side: number, filters = channels): Int8ConvShape => ({
  ...unit,
  ...{ channels, height: side, width: side, filters, outHeight: side, outWidth: side },
  ...{ kernelHeight: 3, kernelWidth: 3, top: 2, left: 2, bias: 2, scales: filters },
});

export const int8ConvCases: readonly Int8ConvShape[] = [
  {
    ...unit,
    ...{ channels: 1, height: 1, width: 1, filters: 1, outHeight: 1, outWidth: 1, kernelHeight: 1, kernelWidth: 1 },
  },
  { ...int8ConvLayer(5, 9, 7), batch: 2 },
  {
    ...unit,
    ...{ channels: 15, height: 13, width: 11, filters: 9, groups: 3, kernelHeight: 3, kernelWidth: 2, moved: 0 },
    ...{ strideY: 2, strideX: 3, dilationY: 2, dilationX: 1, top: 3, left: 1, outHeight: 6, outWidth: 4 },
  },
  { ...int8ConvLayer(8, 7), groups: 8, bias: 1 },
  // More words than the exact sums in f32 hold.
  { ...int8ConvLayer(1030, 2, 5), moved: 0, scales: 1 },
];

export const int8ConvPresets = [
  { title: 'ResNet 3 × 3, 64 channels, 56²', shape: int8ConvLayer(64, 56) },
  { title: 'ResNet 3 × 3, 256 channels, 14²', shape: int8ConvLayer(256, 14) },
  { title: 'First layer 3 × 3 of RGB, 112²', shape: int8ConvLayer(3, 112, 32) },
];

export const int8ConvSweep: readonly Int8ConvShape[] = [7, 14, 28, 56].map((side) => int8ConvLayer(64, side));
