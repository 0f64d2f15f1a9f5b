/** A layer's numbers as bytes: activations with one zero point, weights symmetric, and what their sums are multiplied with. */
import { quantizeUint8 } from '../../../src/numerics/int8.js';

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
