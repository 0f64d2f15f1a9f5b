/** How far an approximation is from the exact values: SQNR, relative RMS, largest error; and the scale that does best. */

export interface Quality {
  /** 10·log10(Σe² / Σ(e − a)²) in dB; infinite where nothing differs. */
  readonly sqnrDb: number;
  /** √(Σ(e − a)² / Σe²): 10^(−sqnrDb / 20). */
  readonly relativeRms: number;
  /** Largest |e − a|. */
  readonly maxAbsolute: number;
  /** Mean of a − e, the bias. */
  readonly meanError: number;
}

/**
 * All measures in one pass over the values.
 * Where every exact value is zero, an exact approximation has an SQNR of ∞ and any other one of −∞.
 * @throws RangeError where the lengths differ or there is nothing to compare.
 */
export function quality(exact: ArrayLike<number>, approximate: ArrayLike<number>): Quality {
  if (exact.length !== approximate.length) {
    throw new RangeError(`Cannot compare ${exact.length} exact values with ${approximate.length} approximate ones.`);
  }
  if (exact.length === 0) throw new RangeError('There are no values to compare.');
  let signal = 0;
  let noise = 0;
  let maxAbsolute = 0;
  let bias = 0;
  for (let i = 0; i < exact.length; i++) {
    const error = approximate[i]! - exact[i]!;
    signal += exact[i]! ** 2;
    noise += error ** 2;
    bias += error;
    maxAbsolute = Math.max(maxAbsolute, Math.abs(error));
  }
  const ratio = noise === 0 ? 0 : noise / signal;
  return {
    sqnrDb: -10 * Math.log10(ratio),
    relativeRms: Math.sqrt(ratio),
    maxAbsolute,
    meanError: bias / exact.length,
  };
}

/** Signal to quantization noise ratio in dB; see `quality`. */
export function sqnr(exact: ArrayLike<number>, approximate: ArrayLike<number>): number {
  return quality(exact, approximate).sqnrDb;
}

/** Root of mean squared error over root of mean squared value; see `quality`. */
export function relativeRms(exact: ArrayLike<number>, approximate: ArrayLike<number>): number {
  return quality(exact, approximate).relativeRms;
}

/** Largest magnitude; 0 for no values. */
export function peak(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

/** `values` divided by `scale`, each taken to the nearest value of a format, and multiplied back. */
export function throughFormat(
  values: ArrayLike<number>,
  nearest: (value: number) => number,
  scale: number,
): Float64Array {
  const result = new Float64Array(values.length);
  for (let i = 0; i < result.length; i++) result[i] = nearest(values[i]! / scale) * scale;
  return result;
}

/**
 * Scales worth trying for a tensor with magnitudes up to `largest` in a format with magnitudes up to `formatMax`: sixty that
 * clip, down to 5 % of the peak, and twelve that leave headroom by powers of two, which float formats can afford.
 */
function scaleCandidates(largest: number, formatMax: number): readonly number[] {
  const clipping = Array.from({ length: 60 }, (_, i) => 0.05 + (0.95 * i) / 59);
  const headroom = Array.from({ length: 12 }, (_, i) => 2 ** (i + 1));
  return [...clipping, ...headroom].map((factor) => (factor * largest) / formatMax);
}

/**
 * The per-tensor scale with the highest SQNR.
 * @param nearest takes an unscaled value to the nearest one of the format, saturating.
 * @param formatMax largest magnitude of the format.
 * @throws RangeError for no values, all zeros or a non-finite value: no scale is better than another there.
 */
export function bestScale(
  values: ArrayLike<number>,
  nearest: (value: number) => number,
  formatMax: number,
): { readonly scale: number; readonly sqnrDb: number } {
  const largest = peak(values);
  if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) {
    throw new RangeError('A best scale needs finite values that are not all zero.');
  }
  const tried = scaleCandidates(largest, formatMax).map((scale) => ({
    scale,
    sqnrDb: sqnr(values, throughFormat(values, nearest, scale)),
  }));
  return tried.reduce((best, next) => (next.sqnrDb > best.sqnrDb ? next : best));
}
