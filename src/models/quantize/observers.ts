/** What a run of calibration data says about an activation: extremes, a histogram that grows, and ranges taken from it. */
import { QuantizeError } from './errors.js';

export const observerKinds = ['min-max', 'percentile', 'entropy', 'mse'] as const;
export type ObserverKind = (typeof observerKinds)[number];

export interface ObserverOptions {
  readonly kind: ObserverKind;
  /** Share of values, in percent, that a range of `percentile` keeps; the rest is cut off at both ends alike. */
  readonly percentile?: number;
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Bins over [−reach, reach). */
const bins = 4096;

/** Counts values in bins of a range that doubles when a value lies outside, so that one pass over the data is enough. */
export class Observer {
  least = Number.POSITIVE_INFINITY;
  most = Number.NEGATIVE_INFINITY;
  count = 0;
  #reach = 2 ** -10;
  #histogram = new Float64Array(bins);

  /** @throws QuantizeError `non-finite` */
  add(values: ArrayLike<number>, name = 'An activation'): void {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value)) throw new QuantizeError('non-finite', name, `holds ${value} on calibration data`);
      if (value < this.least) this.least = value;
      if (value > this.most) this.most = value;
      while (Math.abs(value) >= this.#reach) this.#grow();
      this.#histogram[Math.floor(((value / this.#reach + 1) * bins) / 2)]!++;
    }
    this.count += values.length;
  }

  /** The range that a kind of observer would quantize with; always holds 0. @throws QuantizeError `needs-calibration` */
  range({ kind, percentile = 99.99 }: ObserverOptions): Range {
    if (this.count === 0) throw new QuantizeError('needs-calibration', 'An observer', 'has seen no values');
    const whole = { least: Math.min(0, this.least), most: Math.max(0, this.most) };
    if (whole.least === whole.most || kind === 'min-max') return whole;
    switch (kind) {
      case 'percentile':
        return this.#percentile(percentile, whole);
      case 'entropy':
        return clipped(whole, entropyThreshold(this.#magnitudes(), this.least < 0 ? 128 : 256));
      case 'mse':
        return this.#leastError(whole);
      default:
        return kind satisfies never;
    }
  }

  /** Bin counts between two values, for drawing. */
  histogram(count: number, { least, most }: Range = { least: this.least, most: this.most }): readonly number[] {
    const result = new Array<number>(count).fill(0);
    for (let bin = 0; bin < bins; bin++) {
      const place = ((this.#centre(bin) - least) / (most - least || 1)) * count;
      result[Math.min(count - 1, Math.max(0, Math.floor(place)))]! += this.#histogram[bin]!;
    }
    return result;
  }

  /** Doubles the range: two bins become one, in the middle half. */
  #grow(): void {
    const next = new Float64Array(bins);
    for (let bin = 0; bin < bins; bin++) next[bins / 4 + (bin >> 1)]! += this.#histogram[bin]!;
    this.#histogram = next;
    this.#reach *= 2;
  }

  #centre(bin: number): number {
    return (((bin + 0.5) * 2) / bins - 1) * this.#reach;
  }

  #percentile(percent: number, whole: Range): Range {
    if (!(percent > 50 && percent <= 100))
      throw new QuantizeError('bad-value', 'The percentile', `is ${percent}; it must be above 50 and at most 100`);
    const cut = ((1 - percent / 100) / 2) * this.count;
    const low = this.#below(cut);
    const high = this.#below(this.count - cut);
    return { least: Math.max(whole.least, Math.min(0, low)), most: Math.min(whole.most, Math.max(0, high)) };
  }

  /** The value that so many are below, by straight lines within bins. */
  #below(wanted: number): number {
    let seen = 0;
    for (let bin = 0; bin < bins; bin++) {
      const here = this.#histogram[bin]!;
      if (here > 0 && seen + here >= wanted) {
        const left = this.#centre(bin) - this.#reach / bins;
        return left + ((wanted - seen) / here) * ((2 * this.#reach) / bins);
      }
      seen += here;
    }
    return this.most;
  }

  /** Counts by |value|, `bins / 2` of them up to `reach`. */
  #magnitudes(): { readonly counts: Float64Array; readonly width: number } {
    const half = bins / 2;
    const counts = new Float64Array(half);
    for (let i = 0; i < half; i++) counts[i] = this.#histogram[half + i]! + this.#histogram[half - 1 - i]!;
    // Zeros are exact in every range; after a ReLU their many would drown what the rest has to say.
    counts[0] = counts[1]!;
    return { counts, width: this.#reach / half };
  }

  /** The ends, each drawn in by itself, with the least mean squared error of 8-bit values. */
  #leastError(whole: Range): Range {
    const filled = Array.from({ length: bins }, (_, bin) => bin).filter((bin) => this.#histogram[bin]! > 0);
    const values = filled.map((bin) => Math.min(this.most, Math.max(this.least, this.#centre(bin))));
    const counts = filled.map((bin) => this.#histogram[bin]!);
    const error = (range: Range): number => meanSquare(values, counts, range);
    let best = whole;
    let bestError = error(whole);
    for (const end of ['most', 'least', 'most'] as const) {
      const start = best;
      for (let share = 0.98; share > 0.1; share -= 0.02) {
        const range = { ...start, [end]: whole[end] * share };
        const found = error(range);
        if (found < bestError) [best, bestError] = [range, found];
      }
    }
    return best;
  }
}

function meanSquare(values: readonly number[], counts: readonly number[], { least, most }: Range): number {
  const step = (most - least) / 255;
  if (!(step > 0)) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const [i, value] of values.entries()) {
    const code = Math.min(255, Math.max(0, Math.round((value - least) / step)));
    // A bin is wide against a fine step: within it values are spread, which costs a twelfth of the step squared.
    sum += counts[i]! * ((code * step + least - value) ** 2 + (value > most || value < least ? 0 : step ** 2 / 12));
  }
  return sum;
}

function clipped({ least, most }: Range, threshold: number): Range {
  return { least: Math.max(least, -threshold), most: Math.min(most, threshold) };
}

/**
 * The threshold at which a histogram, cut off there and merged to `levels` values, diverges least from the one it was.
 * Source: Migacz, "8-bit inference with TensorRT", GTC 2017.
 */
function entropyThreshold(
  { counts, width }: { readonly counts: Float64Array; readonly width: number },
  levels: number,
): number {
  let last = counts.length;
  while (last > 0 && counts[last - 1] === 0) last--;
  if (last <= levels) return last * width;
  const total = counts.reduce((sum, count) => sum + count, 0);
  let inside = 0;
  for (let i = 0; i < levels; i++) inside += counts[i]!;
  let best = { threshold: last, divergence: Number.POSITIVE_INFINITY };
  for (let kept = levels; kept <= last; kept++) {
    const divergence = divergenceAt(counts, kept, levels, total - inside);
    if (divergence < best.divergence) best = { threshold: kept, divergence };
    inside += counts[kept] ?? 0;
  }
  return best.threshold * width;
}

/** KL(P ‖ Q) with P cut off after `kept` bins, what was beyond counted into the last, and Q merged from the kept bins. */
function divergenceAt(counts: Float64Array, kept: number, levels: number, beyond: number): number {
  let inside = 0;
  for (let i = 0; i < kept; i++) inside += counts[i]!;
  if (inside === 0) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let level = 0; level < levels; level++) {
    const from = Math.floor((level * kept) / levels);
    const to = Math.floor(((level + 1) * kept) / levels);
    let merged = 0;
    let filled = 0;
    for (let i = from; i < to; i++) {
      merged += counts[i]!;
      if (counts[i]! > 0) filled++;
    }
    for (let i = from; i < to; i++) {
      const p = (counts[i]! + (i === kept - 1 ? beyond : 0)) / (inside + beyond);
      if (p === 0) continue;
      // Where values beyond land in an empty bin, Q has nothing to say: a small share keeps the sum finite.
      const q = counts[i]! > 0 ? merged / filled / inside : 1e-9;
      sum += p * Math.log(p / q);
    }
  }
  return sum;
}
