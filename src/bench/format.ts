/** Numbers as people read them: three significant digits, SI units, intervals as ±; for the page and the command line. */
import type { Shape } from '../kernel/operation.js';
import type { Accuracy, Rates, ResultRow, RowEnergy, RowPlace, Timing, Verdict } from './results.js';

/** Stands between a number and its unit. `plain` turns it into a space where text must be typed or aligned. */
export const thinSpace = '\u202f';

/** What stands where there is no number; its reason belongs beside it. */
export const none = '—';

const prefixes = ['p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const unityPrefix = prefixes.indexOf('');

/** Thin spaces become ordinary ones: for terminals, CSV and Markdown. */
export function plain(text: string): string {
  return text.replaceAll(thinSpace, ' ');
}

/** `digits` significant digits without an exponent: 1234 → 1230, 0.04567 → 0.0457. */
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return none;
  const rounded = Number(value.toPrecision(digits));
  if (rounded === 0) return '0';
  const magnitude = Math.floor(Math.log10(Math.abs(rounded)));
  return rounded.toFixed(Math.min(100, Math.max(0, digits - 1 - magnitude)));
}

/** The SI step that leaves 1 to 3 digits before the point, after rounding: 999.9 counts as 1.00 k. */
function scaleOf(value: number, digits: number): { readonly factor: number; readonly prefix: string } {
  const rounded = Math.abs(Number(value.toPrecision(digits)));
  const step = rounded === 0 ? 0 : Math.floor(Math.floor(Math.log10(rounded)) / 3);
  const index = Math.min(prefixes.length - 1, Math.max(0, step + unityPrefix));
  return { factor: 10 ** (3 * (index - unityPrefix)), prefix: prefixes[index] ?? '' };
}

/** A value with an SI prefix: `formatSi(2.31e12, 'FLOP/s')` is `2.31 TFLOP/s`. */
export function formatSi(value: number, unit: string, digits = 3): string {
  if (!Number.isFinite(value)) return none;
  const { factor, prefix } = scaleOf(value, digits);
  return `${significant(value / factor, digits)}${thinSpace}${prefix}${unit}`;
}

/** One unit for a whole axis that ends at `most`: what to divide by, and the unit with its prefix. */
export function axisUnit(most: number, unit: string): { readonly factor: number; readonly unit: string } {
  const { factor, prefix } = scaleOf(most, 3);
  return { factor, unit: `${prefix}${unit}` };
}

/** Nanoseconds as a time: `412 µs`, `1.50 s`. */
export function formatTime(ns: number): string {
  return formatSi(ns * 1e-9, 's');
}

/**
 * A time with its interval in the same unit: `412 µs ± 3`. The ± is the farther end, so it never claims too much, and has
 * as many digits as the mean but at least one of its own. Where it is more than half of the mean, both ends are given,
 * `18.2 ms (9.1 … 38.0)`: a ± would allow times below 0.
 */
export function formatTiming(time: Pick<Timing, 'meanNs' | 'ci95Ns'>): string {
  const { factor, prefix } = scaleOf(time.meanNs * 1e-9, 3);
  const unit = factor * 1e9;
  const half = Math.max(time.meanNs - time.ci95Ns[0], time.ci95Ns[1] - time.meanNs);
  const mean = significant(time.meanNs / unit);
  if (half > time.meanNs / 2) {
    const [low, high] = time.ci95Ns.map((end) => significant(end / unit));
    return `${mean}${thinSpace}${prefix}s (${low} … ${high})`;
  }
  return `${mean}${thinSpace}${prefix}s ± ${marginOf(half / unit, mean)}`;
}

/** Rounds a margin to the decimals of the number it belongs to, and to one significant digit where that would be 0. */
function marginOf(half: number, text: string): string {
  const decimals = text.split('.')[1]?.length ?? 0;
  const rounded = half.toFixed(decimals);
  return Number(rounded) === 0 && half > 0 ? significant(half, 1) : rounded;
}

/** `2.31 TFLOP/s`; `unit` is `OP/s` for integer operations. */
export function formatRate(perSecond: number, unit: Rates['unit'] = 'FLOP/s'): string {
  return formatSi(perSecond, unit);
}

export function formatBandwidth(bytesPerSecond: number): string {
  return formatSi(bytesPerSecond, 'B/s');
}

/** Bytes in binary units, as limits and buffers are counted: `128 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  const text = step === 0 || Number.isInteger(value) ? String(value) : significant(value);
  return `${text}${thinSpace}${units[step]}`;
}

/** A count with its thousands apart: `262,144`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

export function formatRatio(ratio: number): string {
  return `${significant(ratio)}×`;
}

export interface RatioInterval {
  readonly ratio: number;
  readonly ci95: readonly [lo: number, hi: number];
}

/** An interval wider than this share of the ratio is lopsided, because it is one of logarithms: both ends are given. */
const narrow = 0.2;

/** A ratio with its interval: `3.90× ± 0.05`, or `7.07× (1.93 … 20.9)` where it is wide. */
export function formatRatioInterval({ ratio, ci95 }: RatioInterval): string {
  const text = significant(ratio);
  if (ci95[1] - ratio > narrow * ratio) return `${text}× (${significant(ci95[0])} … ${significant(ci95[1])})`;
  return `${text}× ± ${marginOf(Math.max(ratio - ci95[0], ci95[1] - ratio), text)}`;
}

/** As it is typed: `m=512 n=512 k=512`. */
export function formatShape(shape: Shape): string {
  return Object.entries(shape)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** A mark beside each verdict, so that nothing is told by colour alone. */
export const verdictMarks: Readonly<Record<Verdict, string>> = {
  faster: '▲',
  slower: '▼',
  same: '=',
  undecided: '?',
};

/** Whether a row's output was checked, in a word and with how much of its bound the worst element used. */
export function formatVerified(row: Pick<ResultRow, 'status' | 'verification'>): string {
  if (row.status === 'unsupported') return 'skipped';
  if (row.status === 'wrong') return '✕ wrong';
  if (row.verification === undefined) return row.status === 'failed' ? '✕ failed' : none;
  if (row.status === 'failed') return '✕ failed';
  const { elements, of = elements, worst } = row.verification;
  const share = elements < of ? ` ${formatCount(elements)} of ${formatCount(of)}` : '';
  return `✓ ${significant(worst * 100, 2)}${thinSpace}% of bound${share}`;
}

/** Distance from the unquantized result as a signal-to-noise ratio: 6 dB more is about one bit more. */
export function formatAccuracy({ sqnrDb }: Accuracy): string {
  return sqnrDb === undefined ? 'exact' : `${significant(sqnrDb)}${thinSpace}dB`;
}

/** Share of what was attainable and what binds: `71 % memory`; one above its ceiling carries a mark. */
export function formatPlace({ fraction, limit, aboveCeiling }: RowPlace): string {
  return `${aboveCeiling ? '! ' : ''}${significant(100 * fraction)}${thinSpace}% ${limit}`;
}

/** A range with the name of its tier, never a single number: `1.20 to 4.50 mJ modelled`. */
export function formatEnergy({ lowJ, highJ, tier }: Pick<RowEnergy, 'lowJ' | 'highJ' | 'tier'>): string {
  return `${formatRange(lowJ, highJ, 'J')} ${tier}`;
}

/** Both ends in the unit of the higher: `0.80 to 4.50 mJ`. */
export function formatRange(low: number, high: number, unit: string): string {
  const { factor, prefix } = scaleOf(high, 3);
  return `${significant(low / factor)} to ${significant(high / factor)}${thinSpace}${prefix}${unit}`;
}

/** The other two measures of the same distance: `rms 4.17 %, max 0.0812`. */
export function formatErrors({ relativeRms, maxAbsolute }: Accuracy): string {
  const rms = relativeRms < 1e-5 ? relativeRms.toExponential(2) : `${significant(100 * relativeRms)}${thinSpace}%`;
  return `rms ${rms}, max ${maxAbsolute < 1e-3 ? maxAbsolute.toExponential(2) : significant(maxAbsolute)}`;
}
