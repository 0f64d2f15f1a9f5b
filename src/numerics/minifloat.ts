/** Floats of 2 to 8 bits with any split into exponent and mantissa: exhaustive decode tables, encoding by nearest value. */
import { FormatError } from './format-error.js';

/**
 * What the top exponent means. `finite`: numbers like any other. `fn`: only the all-ones code is NaN (OCP e4m3).
 * `ieee`: infinities and NaNs (OCP e5m2).
 */
export type TopExponent = 'finite' | 'fn' | 'ieee';

export interface MiniFloat {
  /** e.g. `e4m3`. */
  readonly name: string;
  readonly exponentBits: number;
  readonly mantissaBits: number;
  /** One for the sign, then exponent, then mantissa. */
  readonly bits: number;
  /** 2^(exponentBits − 1) − 1. */
  readonly bias: number;
  readonly top: TopExponent;
  /** Value of each of the 2^bits codes. */
  readonly values: Float64Array;
  /** Code of the largest finite value. */
  readonly maxCode: number;
  readonly max: number;
}

const special: Readonly<Record<string, TopExponent>> = { e4m3: 'fn', e5m2: 'ieee' };
const known = new Map<string, MiniFloat>();

/**
 * A format by name, e.g. `e2m1`, `e3m2`, `e4m3`; value (−1)^s·2^(e − bias)·(1 + m/2^M), subnormal at e = 0.
 * e4m3 and e5m2 as in the OCP 8-bit specification; all others have no infinity and no NaN, as in OCP Microscaling v1.0.
 * @throws FormatError for a name that is none, no exponent bits, or more than 8 bits in all.
 */
export function miniFloat(name: string): MiniFloat {
  const found = known.get(name);
  if (found) return found;
  const [, exponent, mantissa] = /^e(\d)m(\d)$/.exec(name) ?? [];
  const exponentBits = Number(exponent);
  const mantissaBits = Number(mantissa);
  const bits = 1 + exponentBits + mantissaBits;
  if (!(exponentBits >= 1 && bits <= 8)) {
    throw new FormatError(
      `"${name}" is no small float; write e.g. e4m3, with 1 exponent bit or more and 8 bits at most.`,
    );
  }
  const format = describe(name, exponentBits, mantissaBits, special[name] ?? 'finite');
  known.set(name, format);
  return format;
}

function describe(name: string, exponentBits: number, mantissaBits: number, top: TopExponent): MiniFloat {
  const bits = 1 + exponentBits + mantissaBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  const half = 2 ** (bits - 1);
  const values = Float64Array.from({ length: 2 * half }, (_, code) => {
    const magnitude = magnitudeOf(code % half, { exponentBits, mantissaBits, bias, top });
    return code < half ? magnitude : -magnitude;
  });
  const reserved = top === 'ieee' ? 2 ** mantissaBits : top === 'fn' ? 1 : 0;
  const maxCode = half - 1 - reserved;
  return { name, exponentBits, mantissaBits, bits, bias, top, values, maxCode, max: values[maxCode]! };
}

function magnitudeOf(
  code: number,
  { exponentBits, mantissaBits, bias, top }: Pick<MiniFloat, 'exponentBits' | 'mantissaBits' | 'bias' | 'top'>,
): number {
  const exponent = code >> mantissaBits;
  const fraction = (code & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
  const last = exponent === 2 ** exponentBits - 1;
  if (last && top === 'ieee') return fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (last && top === 'fn' && fraction === 1 - 2 ** -mantissaBits) return Number.NaN;
  return exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
}

/**
 * Nearest code, ties to the even one; beyond the largest finite value it saturates, infinities too.
 * @throws FormatError for NaN where the format has none.
 */
export function encodeMiniFloat(format: MiniFloat, value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 2 ** (format.bits - 1) : 0;
  if (Number.isNaN(value)) {
    if (format.top === 'finite') throw new FormatError(`NaN cannot be written as ${format.name}, which has none.`);
    return 2 ** (format.bits - 1) - 1;
  }
  return sign | nearestCode(format.values, format.maxCode, Math.abs(value));
}

/** Among codes 0 … last with rising values, the one nearest to a magnitude, ties to even. */
function nearestCode(values: ArrayLike<number>, last: number, magnitude: number): number {
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= magnitude) low = middle;
    else high = middle;
  }
  const below = magnitude - values[low]!;
  const above = values[high]! - magnitude;
  if (below === above) return low % 2 === 0 ? low : high;
  return below < above ? low : high;
}

/** The value nearest to `value` in the format. */
export function roundToMiniFloat(format: MiniFloat, value: number): number {
  return format.values[encodeMiniFloat(format, value)]!;
}
