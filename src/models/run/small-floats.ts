/** Rounding to the 4- and 8-bit floats of ONNX, with the rules of its Cast for what they cannot hold. */
import { miniFloat } from '../../numerics/minifloat.js';

/** The magnitudes of a format and what lies beyond the largest. */
interface SmallFloat {
  /** Rising, from 0 to the largest finite one. */
  readonly magnitudes: Float64Array;
  /** Whether −0 is told from 0. */
  readonly negativeZero: boolean;
  readonly infinity: boolean;
  readonly nan: boolean;
}

export type SmallFloatType = 'e4m3' | 'e4m3fnuz' | 'e5m2' | 'e5m2fnuz' | 'e2m1';

/** Half a code above the largest finite value, the next one would begin. */
function boundOf({ magnitudes }: SmallFloat): number {
  const last = magnitudes.length - 1;
  return magnitudes[last]! + (magnitudes[last]! - magnitudes[last - 1]!) / 2;
}

/** Source: onnx/docs/technical/float8.md: biases 8 and 16, all codes but one of them numbers. */
function fnuz(mantissaBits: number, bias: number): SmallFloat {
  const magnitudes = Float64Array.from({ length: 128 }, (_, code) => {
    const exponent = code >> mantissaBits;
    const fraction = (code & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
    return exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
  });
  return { magnitudes, negativeZero: false, infinity: false, nan: true };
}

function ocp(name: 'e4m3' | 'e5m2' | 'e2m1'): SmallFloat {
  const { values, maxCode, top } = miniFloat(name);
  const magnitudes = values.slice(0, maxCode + 1);
  return { magnitudes, negativeZero: true, infinity: top === 'ieee', nan: top !== 'finite' };
}

const formats: Readonly<Record<SmallFloatType, () => SmallFloat>> = {
  e4m3: () => ocp('e4m3'),
  e4m3fnuz: () => fnuz(3, 8),
  e5m2: () => ocp('e5m2'),
  e5m2fnuz: () => fnuz(2, 16),
  e2m1: () => ocp('e2m1'),
};

export function isSmallFloat(type: string): type is SmallFloatType {
  return type in formats;
}

/**
 * Nearest value, ties to the even code. Beyond the largest: with `saturate`, or where the format has neither
 * infinity nor NaN, the largest; else infinity or, where there is none, NaN. `keep` leaves infinities where there are some.
 */
export function smallFloatRounding(type: SmallFloatType, saturate: boolean, keep = false): (value: number) => number {
  const format = formats[type]();
  const { magnitudes, negativeZero, infinity, nan } = format;
  const last = magnitudes.length - 1;
  const max = magnitudes[last]!;
  const bound = boundOf(format);
  const beyond = saturate || !nan ? max : infinity ? Number.POSITIVE_INFINITY : Number.NaN;
  return (value) => {
    if (Number.isNaN(value)) return nan ? value : max;
    const magnitude = Math.abs(value);
    const negative = value < 0 || Object.is(value, -0);
    const over = magnitude > bound || (magnitude === bound && last % 2 === 1);
    const top = keep && infinity && magnitude === Number.POSITIVE_INFINITY ? magnitude : beyond;
    const rounded = over ? top : nearest(magnitudes, magnitude);
    if (rounded === 0) return negative && negativeZero ? -0 : 0;
    return negative ? -rounded : rounded;
  };
}

function nearest(magnitudes: Float64Array, magnitude: number): number {
  let low = 0;
  let high = magnitudes.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (magnitudes[middle]! <= magnitude) low = middle;
    else high = middle;
  }
  const below = magnitude - magnitudes[low]!;
  const above = magnitudes[high]! - magnitude;
  if (below === above) return magnitudes[low % 2 === 0 ? low : high]!;
  return below < above ? magnitudes[low]! : magnitudes[high]!;
}

/** Which power of two a value between two of them becomes. */
export type ScaleRounding = 'up' | 'down' | 'nearest';

/**
 * To e8m0, the powers of two 2⁻¹²⁷ … 2¹²⁷ and NaN: the sign is dropped, 0 becomes the least, infinity and NaN become NaN.
 * Beyond the greatest it saturates, or becomes NaN. `nearest` rounds halves up.
 */
export function scaleRounding(mode: ScaleRounding, saturate: boolean): (value: number) => number {
  const least = 2 ** -127;
  const greatest = 2 ** 127;
  return (value) => {
    const magnitude = Math.abs(Math.fround(value));
    if (!Number.isFinite(magnitude)) return Number.NaN;
    if (magnitude <= least) return least;
    let power = 2 ** Math.floor(Math.log2(magnitude));
    // The logarithm may be off by one step next to a power of two.
    if (power > magnitude) power /= 2;
    else if (2 * power <= magnitude) power *= 2;
    const up = mode === 'up' ? magnitude > power : mode === 'nearest' && magnitude >= 1.5 * power;
    if (!up) return power;
    return power < greatest ? 2 * power : saturate ? greatest : Number.NaN;
  };
}
