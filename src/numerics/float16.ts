/** IEEE 754 binary16 codes to numbers and back (Float16Array is missing in older browsers and in Node 20). */

/** Unit roundoff of binary16, 2⁻¹¹. */
export const f16Roundoff = 2 ** -11;

export function decodeFloat16(code: number): number {
  const sign = code & 0x8000 ? -1 : 1;
  const exponent = (code >> 10) & 0x1f;
  const fraction = code & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

/**
 * Nearest code of an f32 value, ties to even; overflow to infinity.
 * A double given is first rounded to f32, so values that are f32 already are converted with one rounding.
 */
export function encodeFloat16(value: number): number {
  single[0] = value;
  const bits = word[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00;
  if (magnitude >= 0x4780_0000) return sign | 0x7c00;
  if (magnitude < 0x3880_0000) return sign | encodeSubnormal(magnitude);
  const rebased = magnitude - 0x3800_0000;
  return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
}

/** Below 2⁻¹⁴ codes step by 2⁻²⁴; doubles hold the quotient exactly, so one rounding to even remains. */
function encodeSubnormal(magnitude: number): number {
  word[0] = magnitude;
  const steps = single[0]! * 2 ** 24;
  const floor = Math.floor(steps);
  const rest = steps - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
