/** Compares a kernel with itself, many times: how often the engine sees a difference where there is none. */
import { quantile } from 'simple-statistics';
import { compare } from './compare.js';
import { type MeasureOptions, measure } from './measure.js';
import type { Verdict } from './results.js';
import type { Subject } from './subject.js';

export interface SelfCheckOptions extends Omit<MeasureOptions, 'onProgress' | 'baseline'> {
  readonly repeats: number;
  readonly onProgress?: (done: number, of: number) => void;
}

export interface SelfCheck {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Comparisons made; fewer than asked for where the run was cancelled or a subject could not be timed. */
  readonly repeats: number;
  /** Share of `faster` and `slower`, every one of them false. */
  readonly falseShare: number;
  /** Time of the second over time of the first, in the order measured. */
  readonly ratios: readonly number[];
  /** 5th, 50th and 95th percentile of the ratios. */
  readonly spread: readonly [number, number, number];
  /** Share of 95 % intervals that contain 1. */
  readonly coverage: number;
  /** Why comparisons are missing, each reason once. */
  readonly reasons: readonly string[];
}

/** @param twins two subjects made from the same kernel, each with its own buffers, as any two kernels would have. */
export async function selfCheck(twins: readonly [Subject, Subject], options: SelfCheckOptions): Promise<SelfCheck> {
  const verdicts: Record<Verdict, number> = { faster: 0, slower: 0, same: 0, undecided: 0 };
  const ratios: number[] = [];
  const reasons = new Set<string>();
  let covered = 0;
  const { repeats, onProgress, ...rest } = options;
  for (let i = 0; i < repeats && !options.signal?.aborted; i++) {
    const { measurements } = await measure(twins, { ...rest, seed: options.seed + 1000 * i, baseline: 0 });
    for (const measurement of measurements) {
      if (measurement.status === 'unresolved') reasons.add(measurement.reason);
      if (measurement.status === 'failed') reasons.add(String(measurement.error));
    }
    const timed = measurements.filter((measurement) => measurement.status === 'ok');
    const comparison = timed.length === 2 ? compare(timed[0]!, timed[1]!) : undefined;
    if (comparison) {
      verdicts[comparison.verdict]++;
      ratios.push(comparison.ratio);
      if (comparison.ci95[0] <= 1 && comparison.ci95[1] >= 1) covered++;
    }
    onProgress?.(i + 1, repeats);
  }
  const count = ratios.length;
  return {
    verdicts,
    repeats: count,
    falseShare: count > 0 ? (verdicts.faster + verdicts.slower) / count : 0,
    ratios,
    spread: count > 0 ? [quantile(ratios, 0.05), quantile(ratios, 0.5), quantile(ratios, 0.95)] : [1, 1, 1],
    coverage: count > 0 ? covered / count : 0,
    reasons: [...reasons],
  };
}
