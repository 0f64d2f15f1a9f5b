/** Arithmetic that operators of normalization share: moments, groups made even, factors and terms broadcast. */
import { spread } from './dense.js';
import type { HostTensor } from './values.js';

/** Mean and mean squared distance from it, of elements from a start on. */
export function moments(data: Float64Array, from: number, to: number): readonly [mean: number, variance: number] {
  let sum = 0;
  for (let i = from; i < to; i++) sum += data[i]!;
  const mean = sum / (to - from);
  let squares = 0;
  for (let i = from; i < to; i++) squares += (data[i]! - mean) ** 2;
  return [mean, squares / (to - from)];
}

/** Groups of `size` elements, each to mean 0 and variance 1. */
export function standardize(data: Float64Array, size: number, epsilon: number): Float64Array {
  const out = new Float64Array(data.length);
  for (let from = 0; from < data.length; from += size) {
    const [mean, variance] = moments(data, from, from + size);
    const factor = 1 / Math.sqrt(variance + epsilon);
    for (let i = from; i < from + size; i++) out[i] = (data[i]! - mean) * factor;
  }
  return out;
}

/** value · scale + bias, both broadcast. */
export function scaleBy(
  out: Float64Array,
  dims: readonly number[],
  scale: HostTensor | undefined,
  bias: HostTensor | undefined,
): void {
  if (scale) {
    const factors = spread(scale, dims);
    for (let i = 0; i < out.length; i++) out[i]! *= factors[i]!;
  }
  if (bias) {
    const terms = spread(bias, dims);
    for (let i = 0; i < out.length; i++) out[i]! += terms[i]!;
  }
}

/** Groups of `size` elements divided by their root mean square. */
export function rmsNormalized(
  data: Float64Array,
  size: number,
  epsilon: number,
): readonly [Float64Array, Float64Array] {
  const out = new Float64Array(data.length);
  const inverse = new Float64Array(data.length / Math.max(1, size));
  for (let from = 0; from < data.length; from += size) {
    let squares = 0;
    for (let i = from; i < from + size; i++) squares += data[i]! ** 2;
    const factor = 1 / Math.sqrt(squares / size + epsilon);
    inverse[from / size] = factor;
    for (let i = from; i < from + size; i++) out[i] = data[i]! * factor;
  }
  return [out, inverse];
}
