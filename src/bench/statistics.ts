/** Interval estimates for few, quantised, possibly correlated samples. */
import { mean, quantileSorted, sampleVariance } from 'simple-statistics';
import type { Random } from '../numerics/random.js';

export type Interval = readonly [lo: number, hi: number];

/** Two-sided confidence levels in use, with the normal quantile of each. */
const normalQuantiles = { 0.95: 1.959964, 0.99: 2.575829 } as const;

export type Level = keyof typeof normalQuantiles;

/**
 * Two-sided quantile of Student's t: P(|T| > result) = 1 − level.
 * Source: G. W. Hill, Algorithm 396, Communications of the ACM 13 (1970).
 */
export function studentQuantile(level: Level, degrees: number): number {
  const p = 1 - level;
  const n = degrees;
  if (n === 1) return 1 / Math.tan((p * Math.PI) / 2);
  if (n === 2) return Math.sqrt(2 / (p * (2 - p)) - 2);
  const a = 1 / (n - 0.5);
  const b = 48 / a ** 2;
  let c = ((20700 * a) / b - 98) * a ** 2 - 16 * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * n;
  let y = (d * p) ** (2 / n);
  if (y > 0.05 + a) {
    const x = -normalQuantiles[level];
    y = x ** 2;
    if (n < 5) c += 0.3 * (n - 4.5) * (x + 0.6);
    c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = Math.expm1(a * y ** 2);
  } else {
    y =
      ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) * ((n + 1) / (n + 2)) +
      1 / y;
  }
  return Math.sqrt(n * y);
}

/**
 * How much larger the variance of a mean is than for independent samples: (1 + ρ) / (1 − ρ) with ρ the lag-1
 * autocorrelation (exact for AR(1) and many samples). Never below 1, so that it only widens intervals.
 */
export function correlationInflation(values: readonly number[]): number {
  if (values.length < 6) return 1;
  const centre = mean([...values]);
  let lagged = 0;
  let square = 0;
  for (const [i, value] of values.entries()) {
    square += (value - centre) ** 2;
    if (i > 0) lagged += (value - centre) * (values[i - 1]! - centre);
  }
  if (square === 0) return 1;
  const rho = Math.min(Math.max(lagged / square, 0), 0.9);
  return (1 + rho) / (1 - rho);
}

/**
 * Standard error of the mean.
 * @param step size of one step of a quantised clock in the unit of the values. Where all n readings agree, the spread
 * says nothing; but a deviation by one step is then, with 95 % confidence, rarer than 3/n (rule of three).
 */
export function standardError(values: readonly number[], step = 0): number {
  const n = values.length;
  const floor = (1.5 * step) / n;
  return Math.sqrt((sampleVariance([...values]) / n) * correlationInflation(values) + floor ** 2);
}

/** Half the width of Student's interval for the mean. */
export function halfWidth(values: readonly number[], level: Level, step = 0): number {
  return studentQuantile(level, values.length - 1) * standardError(values, step);
}

/**
 * Indices of the values within Tukey's outer fences, three interquartile ranges beyond the quartiles.
 * `margin` widens them by what a quantised clock alone can do; without it two readings would pass for outliers wherever
 * most readings agree.
 */
export function withinFences(values: readonly number[], margin = 0): readonly number[] {
  const all = values.map((_, i) => i);
  if (values.length < 8) return all;
  const sorted = [...values].sort((x, y) => x - y);
  const q1 = quantileSorted(sorted, 0.25);
  const q3 = quantileSorted(sorted, 0.75);
  const reach = 3 * (q3 - q1) + margin;
  return all.filter((i) => values[i]! >= q1 - reach && values[i]! <= q3 + reach);
}

/**
 * How much wider an interval has to be because values were set aside: what remains looks quieter than it is.
 * Ratio of the standard error by Tukey and McLaughlin (Sankhyā A 25, 1963) to the plain one of the kept values: the
 * spread with those set aside drawn in to the outermost kept value, over the share kept.
 */
export function wideningFor(values: readonly number[], kept: readonly number[]): number {
  if (kept.length === values.length) return 1;
  const lo = Math.min(...kept);
  const hi = Math.max(...kept);
  const drawnIn = values.map((value) => Math.min(Math.max(value, lo), hi));
  const plain = sampleVariance([...kept]) / kept.length;
  if (plain === 0) return 1;
  const honest = (sampleVariance(drawnIn) / values.length) * (values.length / kept.length) ** 2;
  return Math.max(1, Math.sqrt(honest / plain));
}

/** Below this many samples resampling has too little to draw from, and Student's interval is used. */
const leastForBootstrap = 8;

/**
 * 95 % interval of the mean by the studentised bootstrap, which keeps its coverage for few and skewed samples where the
 * percentile bootstrap is too narrow (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 12). On
 * either side it reaches at least as far as Student's interval: of a dozen quantised readings one may stand apart or
 * none, and resampling them cannot show what was not seen.
 *
 * @param values at least two.
 */
export function bootstrapInterval(values: readonly number[], random: Random, step = 0, resamples = 1000): Interval {
  const n = values.length;
  const centre = mean([...values]);
  const error = standardError(values, step);
  if (error === 0) return [centre, centre];
  const half = studentQuantile(0.95, n - 1) * error;
  if (n < leastForBootstrap) return [centre - half, centre + half];
  const floor = (1.5 * step) / n;
  const studentised = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const deviation = values[random.below(n)]! - centre;
      sum += deviation;
      squares += deviation ** 2;
    }
    const variance = Math.max(squares - sum ** 2 / n, 0) / (n - 1) / n + floor ** 2;
    studentised[r] = variance > 0 ? sum / n / Math.sqrt(variance) : 0;
  }
  const sorted = Array.from(studentised.sort());
  const lo = centre - quantileSorted(sorted, 0.975) * error;
  const hi = centre - quantileSorted(sorted, 0.025) * error;
  return [Math.min(lo, centre - half), Math.max(hi, centre + half)];
}
