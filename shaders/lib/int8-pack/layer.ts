/** A layer's numbers as bytes: activations with one zero point, weights symmetric, and what their sums are multiplied with. */
import type { Buffers, PickRows, Reference, Unquantized } from '../../../src/kernel/operation.js';
import { quantizeUint8 } from '../../../src/numerics/int8.js';
import { activate, type EpilogueShape, growth } from '../epilogue.js';
import { f32Ulp } from '../int8-gemm/reference.js';
import { type RequantizedShape, resultOf } from '../requantize.js';

export interface QuantizedActivations {
  /** −128 … 127. */
  readonly codes: Int8Array<ArrayBuffer>;
  readonly scale: number;
  /** The code of 0. */
  readonly zero: number;
}

/** One scale and zero point for all values. */
export function quantizedActivations(values: Float32Array): QuantizedActivations {
  const { codes, scales, zeroPoints } = quantizeUint8(values, { rows: 1, columns: values.length }, 'row');
  return { codes: Int8Array.from(codes, (code) => code - 128), scale: scales[0]!, zero: zeroPoints[0]! - 128 };
}

/** What sums of codes are multiplied with: one factor for each channel of the weights, or one for all. */
export function factorsOf(scale: number, weightScales: ArrayLike<number>, count: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, (_, i) => scale * weightScales[i]!);
}

/** Sizes of a layer that brings sums back to f32. */
interface LayerShape extends EpilogueShape {
  /** 1, or one for each channel. */
  readonly scales: number;
  /** 1 none, 2 one for each channel. */
  readonly bias: number;
}

/** Calls with each sum, its index in the result and its channel. */
type EachSum = (finish: (sum: number, at: number, channel: number) => void) => {
  readonly rows: ReturnType<PickRows>;
  readonly columns: number;
};

/** activation(scale · sum + bias) of exact sums of codes. */
export function scaledAnswer(output: string, shape: LayerShape, { scale, bias }: Buffers, each: EachSum): Reference {
  const values: number[] = [];
  const bounds: number[] = [];
  // The sum becomes f32, is scaled, and the bias is added; a slope rounds once more.
  const factor = ((1 + f32Ulp) ** 4 - 1) * growth(shape);
  const { rows, columns } = each((sum, at, channel) => {
    const offset = shape.bias === 1 ? 0 : bias![channel]!;
    const scaled = sum * scale![shape.scales === 1 ? 0 : channel]!;
    values[at] = activate(shape, scaled + offset);
    bounds[at] = factor * (Math.abs(scaled) + Math.abs(offset));
  });
  return { output, columns, rows, values: Float64Array.from(values), bounds: Float64Array.from(bounds) };
}

/** Exact sums, or their codes. */
export function codedAnswer(
  output: string,
  shape: RequantizedShape,
  { scale, range }: Buffers,
  each: EachSum,
): readonly Reference[] {
  const values: number[] = [];
  const bounds: number[] = [];
  const { rows, columns } = each((sum, at, channel) => {
    const result = resultOf(shape, sum, scale![shape.scales === 1 ? 0 : channel]!, range!);
    values[at] = result.value;
    bounds[at] = result.bound;
  });
  return [{ output, columns, rows, values: Float64Array.from(values), bounds: Float64Array.from(bounds) }];
}

/** activation(sum + bias) of sums of numbers that were not quantized. */
export function plainAnswer(output: string, shape: LayerShape, bias: ArrayLike<number>, each: EachSum): Unquantized {
  const values: number[] = [];
  const { rows, columns } = each((sum, at, channel) => {
    values[at] = activate(shape, sum + (shape.bias === 1 ? 0 : bias[channel]!));
  });
  return { output, columns, rows, values: Float64Array.from(values) };
}
