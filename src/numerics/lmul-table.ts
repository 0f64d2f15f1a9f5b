/** Error statistics of L-Mul beside narrow floating-point products: what the L-Mul laboratory shows. */
import { bitsOf, type LmulFormat, lmulArray, lmulModes, lmulRoundings, paperOffsetBits } from './lmul.js';
import { seededRandom } from './random.js';

/** Element-wise products of f32 operands in some arithmetic, as exact numbers. */
export type Multiply = (x: Float32Array, y: Float32Array) => ArrayLike<number>;

/** A floating-point format by what decides its rounding error. */
interface Narrow {
  readonly mantissaBits: number;
  readonly minExponent: number;
  readonly largest: number;
}

/** Formats whose exact products L-Mul is held against. */
export const narrowFormats = {
  e5m2: { mantissaBits: 2, minExponent: -14, largest: 57344 },
  e4m3: { mantissaBits: 3, minExponent: -6, largest: 448 },
  bf16: { mantissaBits: 7, minExponent: -126, largest: (2 - 2 ** -7) * 2 ** 127 },
} as const satisfies Record<string, Narrow>;

/** Operands rounded to nearest even in `format` (saturating), then multiplied exactly. */
export function narrowProducts(format: keyof typeof narrowFormats): Multiply {
  const narrow = narrowFormats[format];
  return (x, y) => {
    const [a, b] = [roundTo(x, narrow), roundTo(y, narrow)];
    return a.map((value, i) => value * b[i]!);
  };
}

function roundTo(values: Float32Array, { mantissaBits, minExponent, largest }: Narrow): Float64Array {
  const bits = bitsOf(values);
  const rounded = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const exponent = Math.max(((bits[i]! >>> 23) & 0xff) - 127, minExponent);
    const step = 2 ** (exponent - mantissaBits);
    rounded[i] = Math.max(-largest, Math.min(largest, roundHalfEven(values[i]! / step) * step));
  }
  return rounded;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

export function lmulProducts(format: LmulFormat): Multiply {
  return (x, y) => lmulArray(x, y, format);
}

/** Relative errors (computed − exact) / exact over pairs of operands. */
export interface ErrorStatistics {
  readonly mean: number;
  readonly meanAbsolute: number;
  readonly rms: number;
  readonly min: number;
  readonly max: number;
  /** E(error²) / E(product²), errors absolute: large products weigh more than in `rms`. */
  readonly nmse: number;
  readonly pairs: number;
}

export interface OperandPairs {
  readonly x: Float32Array<ArrayBuffer>;
  readonly y: Float32Array<ArrayBuffer>;
}

/** Statistics over pairs whose exact products are not zero. */
export function errorStatistics(multiply: Multiply, { x, y }: OperandPairs): ErrorStatistics {
  const products = multiply(x, y);
  const sums = { relative: 0, absolute: 0, squared: 0, error: 0, power: 0 };
  let [min, max, pairs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < x.length; i++) {
    const exact = x[i]! * y[i]!;
    if (exact === 0) continue;
    const error = products[i]! - exact;
    const relative = error / exact;
    sums.relative += relative;
    sums.absolute += Math.abs(relative);
    sums.squared += relative * relative;
    sums.error += error * error;
    sums.power += exact * exact;
    if (relative < min) min = relative;
    if (relative > max) max = relative;
    pairs++;
  }
  return {
    mean: sums.relative / pairs,
    meanAbsolute: sums.absolute / pairs,
    rms: Math.sqrt(sums.squared / pairs),
    min,
    max,
    nmse: sums.error / sums.power,
    pairs,
  };
}

/**
 * Every pair of mantissas of `bits` bits in [1, 2): 2^(2·bits) pairs, so statistics over them are exact.
 * @throws RangeError for more than 11 bits (4 million pairs) or less than 1.
 */
export function mantissaPairs(bits: number): OperandPairs {
  if (!(Number.isInteger(bits) && bits >= 1 && bits <= 11))
    throw new RangeError(`All pairs of mantissas are counted for 1 to 11 bits, not ${bits}; choose fewer bits.`);
  const side = 1 << bits;
  const x = new Float32Array(side * side);
  const y = new Float32Array(side * side);
  for (let i = 0; i < x.length; i++) {
    x[i] = 1 + Math.floor(i / side) / side;
    y[i] = 1 + (i % side) / side;
  }
  return { x, y };
}

/** `uniform-mantissa` draws from [1, 2), where the relative error of the product is decided. */
const pairDistributions = ['normal', 'uniform-mantissa'] as const;
export type PairDistribution = (typeof pairDistributions)[number];

export function samplePairs(distribution: PairDistribution, count: number, seed: number): OperandPairs {
  const random = seededRandom(seed);
  const draw = (): Float32Array<ArrayBuffer> =>
    distribution === 'normal' ? random.values(count) : new Float32Array(count).map(() => 1 + random.next());
  return { x: draw(), y: draw() };
}

export interface LmulTableRow extends ErrorStatistics {
  /** e.g. `e4m3` or `adder-exact m=4 l=3 truncate`. */
  readonly title: string;
  /** Absent for the floating-point products. */
  readonly format?: LmulFormat;
}

/** The table of the laboratory: the floating-point products, then every L-Mul of `lmulFormats`. */
export function lmulTable(
  pairs: OperandPairs,
  mantissaBits: readonly number[] = [2, 3, 4, 5, 7, 10, 23],
): LmulTableRow[] {
  const narrow = (Object.keys(narrowFormats) as (keyof typeof narrowFormats)[]).map((name) => ({
    title: name,
    ...errorStatistics(narrowProducts(name), pairs),
  }));
  const lmul = lmulFormats(mantissaBits).map((format) => ({
    title: lmulTitle(format),
    format,
    ...errorStatistics(lmulProducts(format), pairs),
  }));
  return [...narrow, ...lmul];
}

/** Each mode and rounding at each m, with the paper's l(m) and with l = 4. */
function lmulFormats(mantissaBits: readonly number[]): LmulFormat[] {
  return mantissaBits.flatMap((m) =>
    lmulModes.flatMap((mode) =>
      [...new Set([paperOffsetBits(m), 4])].flatMap((l) =>
        // At 23 bits nothing is dropped, so both roundings are the same.
        (m === 23 ? (['truncate'] as const) : lmulRoundings).map((rounding) => ({
          mode,
          mantissaBits: m,
          offsetBits: l,
          rounding,
        })),
      ),
    ),
  );
}

export function lmulTitle({ mode, mantissaBits, offsetBits, rounding }: LmulFormat): string {
  return `${mode} m=${mantissaBits} l=${offsetBits}${mantissaBits === 23 ? '' : ` ${rounding}`}`;
}

export interface DotError {
  /** Root mean square error over the root mean square of the exact dot products. */
  readonly relativeRms: number;
  /** Root mean square error / √k. */
  readonly rmsPerRootK: number;
  /** Least-squares factor between the computed and the exact dot products. */
  readonly gain: number;
}

/** Error of `dots` dot products of length `k` with N(0,1) operands, products summed in f64. */
export function dotError(multiply: Multiply, k: number, dots: number, seed: number): DotError {
  const random = seededRandom(seed);
  let [error, power, cross] = [0, 0, 0];
  for (let i = 0; i < dots; i++) {
    const x = random.values(k);
    const y = random.values(k);
    const products = multiply(x, y);
    let [computed, exact] = [0, 0];
    for (let p = 0; p < k; p++) {
      computed += products[p]!;
      exact += x[p]! * y[p]!;
    }
    error += (computed - exact) ** 2;
    power += exact ** 2;
    cross += computed * exact;
  }
  return { relativeRms: Math.sqrt(error / power), rmsPerRootK: Math.sqrt(error / dots / k), gain: cross / power };
}
