/** Group-wise 4-bit weights: quantization (symmetric, with zero point, NF4), and the packed layout that the kernels read. */

import { decodeFloat16, encodeFloat16 } from './float16.js';
import { FormatError, requireFinite } from './format-error.js';
import { roundToEven } from './rounding.js';

/** Weights along k that share a scale. */
export const groupSizes = [32, 64, 128] as const;

/**
 * How a code q becomes a weight. `symmetric`: (q − 8)·scale. `zero-point`: (q − z)·scale. `nf4`: codebook[q]·scale.
 * Symmetric quantization uses −7 … 7, so that the largest weight is met exactly.
 */
export type Int4Scheme = 'symmetric' | 'zero-point' | 'nf4';

/**
 * NormalFloat4 (Dettmers et al., QLoRA, 2023, appendix E): quantiles of the normal distribution, scaled to ±1, zero included.
 */
export const nf4Codebook: readonly number[] = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
  -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
  0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
];

/** The codebook as shaders hold it. */
const nf4Values = Float32Array.from(nf4Codebook);

/** An n × k matrix of weights by rows; row j holds the weights of output j. */
export interface Int4Matrix {
  readonly n: number;
  readonly k: number;
  readonly groupSize: number;
  readonly scheme: Int4Scheme;
  /** n × k, one code per byte. */
  readonly codes: Uint8Array<ArrayBuffer>;
  /** n × k/groupSize. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** n × k/groupSize, 0 … 15; 8 everywhere where the scheme is symmetric, unused for NF4. */
  readonly zeroPoints: Uint8Array<ArrayBuffer>;
}

export interface Int4Options {
  readonly n: number;
  readonly k: number;
  readonly groupSize: number;
  readonly scheme: Int4Scheme;
  /** What scales are rounded to before weights are quantized with them. */
  readonly scaleFormat?: 'f32' | 'f16';
}

/** @throws FormatError where the kernels have no layout for these sizes. */
export function checkGroups(k: number, groupSize: number): void {
  if (!groupSizes.some((size) => size === groupSize)) {
    throw new FormatError(`A group of ${groupSize} is not supported; choose ${groupSizes.join(', ')}.`);
  }
  if (k % groupSize !== 0) {
    throw new FormatError(
      `k = ${k} is not divisible by the group of ${groupSize}; pad k with zeros or choose another group.`,
    );
  }
}

/**
 * Quantizes n × k weights, each group by its own extremes. A group of zeros gets scale 0 and dequantizes to zeros.
 * @throws FormatError for non-finite weights, sizes that do not fit, or a scale beyond its format.
 */
export function quantizeInt4(weights: ArrayLike<number>, options: Int4Options): Int4Matrix {
  const { n, k, groupSize, scheme, scaleFormat = 'f32' } = options;
  checkGroups(k, groupSize);
  if (weights.length !== n * k) throw new FormatError(`${n} × ${k} weights expected, ${weights.length} given.`);
  requireFinite(weights, 'Weight');
  const groups = (n * k) / groupSize;
  const codes = new Uint8Array(n * k);
  const scales = new Float32Array(groups);
  const zeroPoints = new Uint8Array(groups);
  for (let group = 0; group < groups; group++) {
    const from = group * groupSize;
    const { low, high } = extremes(weights, from, groupSize);
    const { scale, zeroPoint } = int4Parameters(scheme, low, high, scaleFormat);
    scales[group] = scale;
    zeroPoints[group] = zeroPoint;
    for (let i = from; i < from + groupSize; i++) codes[i] = encodeInt4(scheme, weights[i]!, scale, zeroPoint);
  }
  return { n, k, groupSize, scheme, codes, scales, zeroPoints };
}

function extremes(values: ArrayLike<number>, from: number, count: number): { low: number; high: number } {
  let low = 0;
  let high = 0;
  for (let i = from; i < from + count; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  return { low, high };
}

/** Scale and zero point of a group by its extremes. The range always includes 0, so that a zero weight stays zero. */
export function int4Parameters(
  scheme: Int4Scheme,
  low: number,
  high: number,
  scaleFormat: 'f32' | 'f16',
): { scale: number; zeroPoint: number } {
  const largest = Math.max(-low, high);
  if (scheme === 'symmetric') return { scale: roundScale(largest / 7, scaleFormat), zeroPoint: 8 };
  if (scheme === 'nf4') return { scale: roundScale(largest, scaleFormat), zeroPoint: 0 };
  const scale = roundScale((high - low) / 15, scaleFormat);
  return { scale, zeroPoint: scale === 0 ? 8 : Math.min(15, Math.max(0, Math.round(-low / scale))) };
}

/** Shaders may flush subnormal numbers, so a scale is never one: it is raised to the smallest normal number. */
function roundScale(scale: number, format: 'f32' | 'f16'): number {
  if (scale === 0) return 0;
  const rounded = format === 'f16' ? decodeFloat16(encodeFloat16(scale)) : Math.fround(scale);
  if (!Number.isFinite(rounded)) {
    throw new FormatError(`A scale of ${scale} is beyond ${format}; divide the weights by a constant first.`);
  }
  return Math.max(rounded, format === 'f16' ? 2 ** -14 : 2 ** -126);
}

/** Code of a weight under the parameters of its group, 0 … 15. */
export function encodeInt4(scheme: Int4Scheme, weight: number, scale: number, zeroPoint: number): number {
  if (scheme === 'nf4') return scale === 0 ? 7 : nearestNf4(weight / scale);
  if (scale === 0) return zeroPoint;
  const lowest = scheme === 'symmetric' ? 1 : 0;
  return Math.min(15, Math.max(lowest, roundToEven(weight / scale) + zeroPoint));
}

function nearestNf4(value: number): number {
  let best = 0;
  for (let code = 1; code < 16; code++) {
    if (Math.abs(nf4Codebook[code]! - value) < Math.abs(nf4Codebook[best]! - value)) best = code;
  }
  return best;
}

/** The weights that the codes stand for, n × k, exact in f64 (NF4 values as f32). */
export function dequantizeInt4({ codes, scales, zeroPoints, groupSize, scheme }: Int4Matrix): Float64Array {
  const values = new Float64Array(codes.length);
  for (let i = 0; i < values.length; i++) {
    const group = Math.floor(i / groupSize);
    const steps = scheme === 'nf4' ? nf4Values[codes[i]!]! : codes[i]! - zeroPoints[group]!;
    values[i] = steps * scales[group]!;
  }
  return values;
}
