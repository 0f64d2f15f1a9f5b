/** L-Mul, multiplication by integer addition on f32 bit patterns, in three modes, bit by bit as the kernels compute it. */

/**
 * After Luo and Sun, "Addition is All You Need for Energy-efficient Language Models", arXiv 2410.00907.
 *
 * - `adder-exact`: one integer addition with zero, underflow, overflow and sign handled. A mantissa carry moves into the
 *   exponent.
 * - `adder-fast`: the offset folded into the left operand, magnitudes clamped to [2⁻⁶⁰, 2⁶⁰], one addition and nothing
 *   else. A zero counts as 2⁻⁶⁰.
 * - `closed-form`: the printed formula (1 + x_m + y_m + 2⁻ˡ)·2^(x_e + y_e), rounded once to f32. It stays linear where
 *   the adder carries, so it is another function.
 */
export const lmulModes = ['adder-exact', 'adder-fast', 'closed-form'] as const;
export type LmulMode = (typeof lmulModes)[number];

/** How operands lose the mantissa bits beyond `mantissaBits`. */
export const lmulRoundings = ['truncate', 'nearest-even'] as const;
export type LmulRounding = (typeof lmulRoundings)[number];

export interface LmulFormat {
  readonly mode: LmulMode;
  /** m, stored mantissa bits that an operand keeps: 2 … 23. */
  readonly mantissaBits: number;
  /** l of the offset 2⁻ˡ: 1 … 24. At 24 the offset vanishes in f32, which leaves Mitchell's multiplication. */
  readonly offsetBits: number;
  readonly rounding: LmulRounding;
}

const signMask = 0x8000_0000;
const magnitudeMask = 0x7fff_ffff;
const smallestNormal = 0x0080_0000;
const largestFinite = 0x7f7f_ffff;
const infinity = 0x7f80_0000;
const quietNan = 0x7fc0_0000;
const one = 0x3f80_0000;

/** Bit patterns of 2⁻⁶⁰ and 2⁶⁰, between which `adder-fast` clamps magnitudes. */
const fastClamp = { low: (127 - 60) << 23, high: (127 + 60) << 23 } as const;

/** l(m) of the paper: m for m ≤ 3, 3 for m = 4, 4 above. */
export function paperOffsetBits(mantissaBits: number): number {
  return mantissaBits <= 3 ? mantissaBits : mantissaBits === 4 ? 3 : 4;
}

/** Why a format cannot be used, in one sentence; undefined where it can. */
export function lmulRefusal({ mantissaBits, offsetBits }: LmulFormat): string | undefined {
  if (!(Number.isInteger(mantissaBits) && mantissaBits >= 2 && mantissaBits <= 23))
    return `L-Mul keeps 2 to 23 mantissa bits, not ${mantissaBits}; choose mantissaBits in that range.`;
  if (!(Number.isInteger(offsetBits) && offsetBits >= 1 && offsetBits <= 24))
    return `The offset of L-Mul is 2^-l with l from 1 to 24, not ${offsetBits}; choose offsetBits in that range.`;
  return undefined;
}

/** 2⁻ˡ in units of the last f32 mantissa bit; 0 for l = 24. */
function offsetUnits(offsetBits: number): number {
  return (1 << (24 - offsetBits)) >>> 1;
}

/**
 * The operand as the adder sees it: subnormals become zero of the same sign, anything above the largest finite number
 * (infinities and NaN included) becomes that number, and the mantissa is reduced to `mantissaBits`. Rounding to nearest
 * may carry into the exponent, at the very top to 2¹²⁸, which the adder takes as it is.
 */
export function reduceOperand(bits: number, mantissaBits: number, rounding: LmulRounding): number {
  const magnitude = Math.min(bits & magnitudeMask, largestFinite);
  if (magnitude < smallestNormal) return (bits & signMask) >>> 0;
  const dropped = 23 - mantissaBits;
  const increment =
    rounding === 'truncate' || dropped === 0 ? 0 : (1 << (dropped - 1)) - 1 + ((magnitude >>> dropped) & 1);
  return ((bits & signMask) | (((magnitude + increment) >>> dropped) << dropped)) >>> 0;
}

/** Multiplication split as kernels split it: what happens once per operand at load, and what once per product. */
export interface LmulMultiplier {
  readonly left: (bits: number) => number;
  readonly right: (bits: number) => number;
  /** Bit pattern of the product of prepared operands; never a subnormal, an infinity or NaN. */
  readonly product: (left: number, right: number) => number;
}

/** @throws RangeError for mantissa or offset bits out of range. */
export function lmulMultiplier(format: LmulFormat): LmulMultiplier {
  const refusal = lmulRefusal(format);
  if (refusal) throw new RangeError(refusal);
  const { mode, mantissaBits, rounding } = format;
  const units = offsetUnits(format.offsetBits);
  const reduce = (bits: number): number => reduceOperand(bits, mantissaBits, rounding);
  switch (mode) {
    case 'adder-exact':
      return { left: reduce, right: reduce, product: exactAdder(one - units) };
    case 'adder-fast':
      return fastAdder(one - units, (bits) => reduce(clampOperand(bits)));
    case 'closed-form':
      return { left: reduce, right: reduce, product: closedForm(units) };
    default:
      return mode satisfies never;
  }
}

function exactAdder(offset: number): LmulMultiplier['product'] {
  return (a, b) => {
    const sign = ((a ^ b) & signMask) >>> 0;
    const x = a & magnitudeMask;
    const y = b & magnitudeMask;
    if (x === 0 || y === 0) return sign;
    const magnitude = x + y - offset;
    if (magnitude < smallestNormal) return sign;
    return (sign | Math.min(magnitude, largestFinite)) >>> 0;
  };
}

/** |x| + |y| − offset stays within 31 bits after the clamp, so addition modulo 2³² gives the exclusive or of the signs. */
function fastAdder(offset: number, prepare: (bits: number) => number): LmulMultiplier {
  return {
    left: (bits) => (prepare(bits) - offset) >>> 0,
    right: prepare,
    product: (a, b) => (a + b) >>> 0,
  };
}

function clampOperand(bits: number): number {
  const magnitude = Math.min(Math.max(bits & magnitudeMask, fastClamp.low), fastClamp.high);
  return ((bits & signMask) | magnitude) >>> 0;
}

function closedForm(units: number): LmulMultiplier['product'] {
  return (a, b) => {
    const sign = ((a ^ b) & signMask) >>> 0;
    if ((a & magnitudeMask) === 0 || (b & magnitudeMask) === 0) return sign;
    const significand = smallestNormal + (a & 0x7f_ffff) + (b & 0x7f_ffff) + units;
    const carry = significand >>> 24;
    // With a carry one bit falls off the end; it is always a tie, and ties go to even.
    const kept = carry ? (significand + ((significand >>> 1) & 1)) >>> 1 : significand;
    const exponent = ((a >>> 23) & 0xff) + ((b >>> 23) & 0xff) + carry - 127;
    if (exponent < 1) return sign;
    return exponent > 254 ? (sign | largestFinite) >>> 0 : (sign | ((exponent << 23) + kept - smallestNormal)) >>> 0;
  };
}

/**
 * L-Mul of two f32 bit patterns.
 *
 * Policy of `adder-exact` and `closed-form`: subnormal operands count as zero; results below 2⁻¹²⁶ become zero; results
 * from 2¹²⁸ up become the largest finite number; zeros carry the exclusive or of the signs; NaN, and infinity times zero,
 * give the NaN 0x7fc00000; infinity times anything else gives infinity. `adder-fast` clamps all of these instead.
 * @throws RangeError for mantissa or offset bits out of range.
 */
export function lmulBits(x: number, y: number, format: LmulFormat): number {
  return withSpecials(format)(x, y);
}

function withSpecials(format: LmulFormat): (x: number, y: number) => number {
  const { left, right, product } = lmulMultiplier(format);
  if (format.mode === 'adder-fast') return (x, y) => product(left(x), right(y));
  return (x, y) => {
    const a = x & magnitudeMask;
    const b = y & magnitudeMask;
    return Math.max(a, b) < infinity ? product(left(x), right(y)) : special(a, b, ((x ^ y) & signMask) >>> 0);
  };
}

/** At least one magnitude is infinite or NaN. */
function special(a: number, b: number, sign: number): number {
  const isNan = Math.max(a, b) > infinity || Math.min(a, b) < smallestNormal;
  return isNan ? quietNan : (sign | infinity) >>> 0;
}

/** Element-wise L-Mul of f32 bit patterns. */
export function lmulBitsArray(x: Uint32Array, y: Uint32Array, format: LmulFormat): Uint32Array<ArrayBuffer> {
  const multiply = withSpecials(format);
  const products = new Uint32Array(x.length);
  for (let i = 0; i < x.length; i++) products[i] = multiply(x[i]!, y[i]!);
  return products;
}

/** Element-wise L-Mul of f32 values. */
export function lmulArray(x: Float32Array, y: Float32Array, format: LmulFormat): Float32Array<ArrayBuffer> {
  return new Float32Array(lmulBitsArray(bitsOf(x), bitsOf(y), format).buffer);
}

/** L-Mul of two numbers, rounded to f32 first. */
export function lmul(x: number, y: number, format: LmulFormat): number {
  return lmulArray(Float32Array.of(x), Float32Array.of(y), format)[0]!;
}

/** The same memory seen as bit patterns. */
export function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/**
 * Rows `rows` of A·B with L-Mul for every product, summed in f64, and Σ|product|.
 * @param a row-major, m × k.
 * @param b row-major, k × n. Non-finite operands count as the largest finite number.
 */
export function lmulMatmulRows(
  a: Float32Array,
  b: Float32Array,
  { n, k }: { readonly n: number; readonly k: number },
  rows: ArrayLike<number>,
  format: LmulFormat,
): { readonly values: Float64Array; readonly magnitudes: Float64Array } {
  const { left, right, product } = lmulMultiplier(format);
  const [aBits, bBits] = [bitsOf(a), bitsOf(b).map(right)];
  const values = new Float64Array(rows.length * n);
  const magnitudes = new Float64Array(rows.length * n);
  const products = new Float32Array(n);
  const productBits = bitsOf(products);
  for (let r = 0; r < rows.length; r++) {
    for (let p = 0; p < k; p++) {
      const factor = left(aBits[rows[r]! * k + p]!);
      for (let j = 0; j < n; j++) productBits[j] = product(factor, bBits[p * n + j]!);
      for (let j = 0; j < n; j++) {
        values[r * n + j]! += products[j]!;
        magnitudes[r * n + j]! += Math.abs(products[j]!);
      }
    }
  }
  return { values, magnitudes };
}
