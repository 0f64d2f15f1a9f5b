/** Which places of a dimension, and how much of each, make a place of the resized one: the rules of ONNX's Resize. */

export interface Resampling {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  readonly cubic: number;
  readonly excludeOutside: boolean;
  readonly antialias: boolean;
}

/** One dimension: its size before and after, the factor between, and the part of it that is taken (`tf_crop_and_resize`). */
export interface Stretch {
  readonly size: number;
  readonly places: number;
  readonly scale: number;
  readonly begin: number;
  readonly end: number;
}

export interface Taps {
  readonly count: number;
  readonly index: Int32Array<ArrayBuffer>;
  readonly weight: Float32Array<ArrayBuffer>;
}

/** Coordinate in the original of place j, by the formulas of the operator's attribute `coordinate_transformation_mode`. */
function original(j: number, { size, places, scale, begin, end }: Stretch, rule: string): number {
  const length = scale * size;
  const centred = (j + 0.5) / scale - 0.5;
  switch (rule) {
    case 'align_corners':
      return length === 1 ? 0 : (j * (size - 1)) / (length - 1);
    case 'asymmetric':
      return j / scale;
    case 'pytorch_half_pixel':
      return places > 1 ? centred : 0;
    case 'half_pixel_symmetric':
      return (size / 2) * (1 - places / length) + centred;
    case 'tf_crop_and_resize':
      return places > 1
        ? begin * (size - 1) + (j * (end - begin) * (size - 1)) / (places - 1)
        : 0.5 * (begin + end) * (size - 1);
    default:
      return centred;
  }
}

/** Cubic convolution with parameter a (Keys, Cubic convolution interpolation for digital image processing, 1981). */
function cubic(distance: number, a: number): number {
  const d = Math.abs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/** Weights of the places base + first … base + 1 − first, for a coordinate that is `ratio` in (0, 1] above base. */
function weights(ratio: number, scale: number, rules: Resampling): { first: number; values: number[] } {
  if (rules.mode === 'nearest') return { first: 0, values: nearest(ratio, rules.nearest) };
  const shrink = rules.antialias ? Math.min(scale, 1) : 1;
  const reach = rules.mode === 'cubic' ? 2 : 1;
  const first = Math.floor(-reach / shrink) + 1;
  const values = Array.from({ length: 2 - 2 * first }, (_, t) => {
    const distance = (first + t - ratio) * shrink;
    return reach === 2 ? cubic(distance, rules.cubic) : Math.max(0, 1 - Math.abs(distance));
  });
  const sum = values.reduce((total, value) => total + value, 0);
  return { first, values: rules.antialias ? values.map((value) => value / sum) : values };
}

function nearest(ratio: number, rule: string): number[] {
  const [lower, upper] = [
    [1, 0],
    [0, 1],
  ];
  if (ratio === 1 || rule === 'ceil') return upper!;
  if (rule === 'floor') return lower!;
  return (rule === 'round_prefer_ceil' ? ratio < 0.5 : ratio <= 0.5) ? lower! : upper!;
}

/** The taps of every place; −1 as index where the coordinate lies outside and a constant stands. */
export function tapsOf(stretch: Stretch, rules: Resampling): Taps {
  const { size, places, scale } = stretch;
  const each = Array.from({ length: places }, (_, j) => {
    const at = original(j, stretch, rules.coordinates);
    const base = Math.ceil(at) - 1;
    const { first, values } = weights(at - base, scale, rules);
    const outside = rules.coordinates === 'tf_crop_and_resize' && (at < 0 || at > size - 1);
    const all = values.map((value, t) => ({ place: base + first + t, value }));
    // What is not taken is not read: 0 times infinity would spoil the sum.
    const taps = rules.mode === 'nearest' ? all.filter(({ value }) => value === 1) : all;
    const inside = taps.map(({ place, value }) => (rules.excludeOutside && (place < 0 || place >= size) ? 0 : value));
    const sum = rules.excludeOutside ? inside.reduce((total, value) => total + value, 0) : 1;
    return taps.map(({ place }, t) => ({
      place: outside ? -1 : Math.max(0, Math.min(size - 1, place)),
      value: inside[t]! / sum,
    }));
  });
  return {
    count: each[0]!.length,
    index: Int32Array.from(each.flatMap((taps) => taps.map(({ place }) => place))),
    weight: Float32Array.from(each.flatMap((taps) => taps.map(({ value }) => value))),
  };
}
