/** Posits of up to 16 bits: tapered floats whose regime run trades range for precision (Gustafson and Yonemoto, 2017). */
import { FormatError } from './format-error.js';

export interface Posit {
  /** e.g. `posit8,0`. */
  readonly name: string;
  readonly bits: number;
  readonly exponentBits: number;
  /** Value of each of the 2^bits codes; NaN stands for NaR, code 10…0. */
  readonly values: Float64Array;
  readonly max: number;
  readonly min: number;
}

/**
 * Decode table of posit(bits, exponentBits): value 2^(regime·2^es + exponent)·(1 + fraction), negative codes by two's complement.
 * @throws FormatError for fewer than 2 or more than 16 bits, or more than 4 exponent bits.
 */
export function posit(bits: number, exponentBits: number): Posit {
  if (!(Number.isInteger(bits) && bits >= 2 && bits <= 16)) {
    throw new FormatError(`A posit of ${bits} bits is out of range; choose 2 to 16.`);
  }
  if (!(Number.isInteger(exponentBits) && exponentBits >= 0 && exponentBits <= 4)) {
    throw new FormatError(`A posit with ${exponentBits} exponent bits is out of range; choose 0 to 4.`);
  }
  const half = 2 ** (bits - 1);
  const values = Float64Array.from({ length: 2 * half }, (_, code) => {
    if (code === half) return Number.NaN;
    return code < half ? magnitudeOf(code, bits, exponentBits) : -magnitudeOf(2 * half - code, bits, exponentBits);
  });
  return { name: `posit${bits},${exponentBits}`, bits, exponentBits, values, max: values[half - 1]!, min: values[1]! };
}

/** Reads a positive code from its second bit on: a run of equal bits, its end, the exponent, the fraction. */
function magnitudeOf(code: number, bits: number, exponentBits: number): number {
  if (code === 0) return 0;
  const bit = (index: number): number => (index >= 0 ? (code >> index) & 1 : 0);
  let at = bits - 2;
  const lead = bit(at);
  let run = 0;
  while (at >= 0 && bit(at) === lead) {
    run++;
    at--;
  }
  at--;
  let exponent = 0;
  for (let i = 0; i < exponentBits; i++) exponent = 2 * exponent + bit(at--);
  let fraction = 0;
  for (let weight = 0.5; at >= 0; at--, weight /= 2) fraction += weight * bit(at);
  const regime = lead === 1 ? run - 1 : -run;
  return (1 + fraction) * 2 ** (regime * 2 ** exponentBits + exponent);
}

/**
 * Code of the nearest value in the table, ties to the even code; NaN and infinities become NaR.
 * (The posit standard rounds as if the bit string went on, and never to zero; over the table is what small formats are compared by.)
 */
export function encodePosit(format: Posit, value: number): number {
  const half = 2 ** (format.bits - 1);
  if (!Number.isFinite(value)) return half;
  const magnitude = Math.abs(value);
  let low = 0;
  let high = half - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (format.values[middle]! <= magnitude) low = middle;
    else high = middle;
  }
  const below = magnitude - format.values[low]!;
  const above = format.values[high]! - magnitude;
  const nearest = below < above || (below === above && low % 2 === 0) ? low : high;
  return value < 0 && nearest !== 0 ? 2 * half - nearest : nearest;
}

/** The value nearest to `value` in the format. */
export function roundToPosit(format: Posit, value: number): number {
  return format.values[encodePosit(format, value)]!;
}
