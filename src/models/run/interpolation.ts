/** Where the elements of a resized tensor come from: coordinates, and weights of the neighbours, one dimension at a time. */
import type { Attributes } from './call.js';

/** One resized dimension: `taps` neighbours and weights per output element. */
export interface AxisPlan {
  readonly input: number;
  readonly output: number;
  readonly taps: number;
  /** [output, taps] indices into the input. */
  readonly from: Int32Array;
  readonly weights: Float64Array;
  /** Outputs whose place lies outside the cropped input; undefined where none can. */
  readonly outside?: Uint8Array;
}

/** How Resize interpolates. Source: Resize in the ONNX operator specification. */
export interface Interpolation {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly coordinates: string;
  /** `simple` is that of operator sets up to 10: down when enlarging, up when reducing. */
  readonly nearest: string;
  readonly antialias: boolean;
  readonly excludeOutside: boolean;
  readonly cubic: number;
}

/** Place in the input of an output element; the scaled size need not be an integer. */
function placeOf(
  call: Attributes,
  coordinates: string,
  x: number,
  scale: number,
  input: number,
  output: number,
  crop: readonly [start: number, end: number],
): number {
  const scaled = scale * input;
  const half = (x + 0.5) / scale - 0.5;
  switch (coordinates) {
    case 'half_pixel':
      return half;
    case 'pytorch_half_pixel':
      return output > 1 ? half : 0;
    case 'half_pixel_symmetric':
      return (input / 2) * (1 - output / scaled) + half;
    case 'asymmetric':
      return x / scale;
    case 'align_corners':
      return scaled === 1 ? 0 : (x * (input - 1)) / (scaled - 1);
    case 'tf_half_pixel_for_nn':
      return (x + 0.5) / scale;
    case 'tf_crop_and_resize': {
      const span = (crop[1] - crop[0]) * (input - 1);
      return crop[0] * (input - 1) + (scaled === 1 ? span / 2 : (x * span) / (scaled - 1));
    }
    default:
      return call.fail('bad-value', `coordinate_transformation_mode "${coordinates}" is not known`);
  }
}

/** Keys' cubic convolution kernel. Source: Keys 1981, Cubic convolution interpolation for digital image processing. */
export function cubicWeight(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/** Weights of the neighbours below + first … for a place `ratio` (above 0, at most 1) beyond the one below it. */
function weightsOf(
  call: Attributes,
  how: Interpolation,
  ratio: number,
  scale: number,
): readonly [first: number, weights: number[]] {
  if (how.mode === 'nearest') return [0, nearest(call, how.nearest, ratio, scale)];
  const reach = how.mode === 'cubic' ? 2 : 1;
  const kernel =
    how.mode === 'cubic' ? (x: number) => cubicWeight(x, how.cubic) : (x: number) => Math.max(0, 1 - Math.abs(x));
  const shrink = how.antialias ? Math.min(scale, 1) : 1;
  const first = Math.floor(-reach / shrink) + 1;
  const weights = Array.from({ length: 2 - 2 * first }, (_, i) => kernel(shrink * (first + i - ratio)));
  if (!how.antialias) return [first, weights];
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return [first, weights.map((weight) => weight / sum)];
}

function nearest(call: Attributes, mode: string, ratio: number, scale: number): number[] {
  if (ratio === 1) return [0, 1];
  const above = {
    round_prefer_floor: ratio > 0.5,
    round_prefer_ceil: ratio >= 0.5,
    floor: false,
    ceil: true,
    simple: scale < 1,
  }[mode];
  if (above === undefined) return call.fail('bad-value', `nearest_mode "${mode}" is not known`);
  return above ? [0, 1] : [1, 0];
}

/** Weights that one dimension may take. */
const mostWeights = 2 ** 25;

/** The plan of one dimension. @param crop the part of the input that `tf_crop_and_resize` takes, 0 to 1. */
export function axisPlan(
  call: Attributes,
  how: Interpolation,
  input: number,
  output: number,
  scale: number,
  crop: readonly [start: number, end: number],
): AxisPlan {
  const cropped = how.coordinates === 'tf_crop_and_resize';
  const outside = new Uint8Array(cropped ? output : 0);
  const row = (x: number): readonly [first: number, weights: readonly number[]] => {
    const place = placeOf(call, how.coordinates, x, scale, input, output, crop);
    if (cropped && !(place >= 0 && place <= input - 1)) outside[x] = 1;
    const below = Math.ceil(place) - 1;
    const [shift, weights] = weightsOf(call, how, place - below, scale);
    const first = below + shift;
    return [first, how.excludeOutside ? within(weights, first, input) : weights];
  };
  const taps = output === 0 ? 1 : row(0)[1].length;
  if (output * taps > mostWeights)
    return call.fail('bad-shape', `resizing ${input} to ${output} takes too many weights`);
  const from = new Int32Array(output * taps);
  const weights = new Float64Array(output * taps);
  for (let x = 0; x < output; x++) {
    const [first, own] = row(x);
    for (let i = 0; i < taps; i++) {
      from[x * taps + i] = Math.min(input - 1, Math.max(0, first + i));
      weights[x * taps + i] = own[i]!;
    }
  }
  return { input, output, taps, from, weights, ...(cropped && { outside }) };
}

/** Weights of neighbours outside the input are dropped and the others raised to a sum of 1. */
function within(weights: readonly number[], first: number, input: number): number[] {
  const kept = weights.map((weight, i) => (first + i < 0 || first + i >= input ? 0 : weight));
  const sum = kept.reduce((total, weight) => total + weight, 0);
  return kept.map((weight) => weight / sum);
}
