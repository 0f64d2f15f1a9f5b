/** A fixed kernel run between rounds: when its own time changes, it is the device that changed. */
import { median } from 'simple-statistics';
import { type BatchLimits, batchLimits } from './criterion.js';
import { choosePlan } from './plan.js';
import type { TimerFacts } from './results.js';
import type { Subject } from './subject.js';

/** Smallest change that is reported, as a share. */
const notable = 0.1;

export interface Drift {
  /** Slowest over fastest stretch of the run, minus 1. */
  readonly change: number;
  /** The slow stretch came after the fast one. */
  readonly slowed: boolean;
}

export interface Canary {
  readonly read: () => Promise<void>;
  readonly readingsNs: readonly number[];
}

/** Short batches: the canary may not cost more than the birds it guards. */
export async function prepareCanary(subject: Subject, timer: TimerFacts): Promise<Canary> {
  const limits: BatchLimits = { ...batchLimits, minQuanta: 50, minBatchNs: 1e6 };
  await subject.run(1);
  const { dispatches } = await choosePlan(subject, timer, limits);
  const readingsNs: number[] = [];
  return {
    readingsNs,
    read: async () => {
      readingsNs.push((await subject.run(dispatches)) - timer.overheadNs);
    },
  };
}

/**
 * The largest change between the medians of two quarters of the run, or undefined where it is below 10 % or within what the
 * readings' own scatter explains. Scatter is taken from successive differences, which a step or a drift hardly touches.
 */
export function findDrift(readings: readonly number[]): Drift | undefined {
  const width = Math.max(2, Math.floor(readings.length / 4));
  if (readings.length < 2 * width) return undefined;
  const stretches: number[] = [];
  for (let i = 0; i + width <= readings.length; i++) stretches.push(median(readings.slice(i, i + width)));
  const slowest = Math.max(...stretches);
  const fastest = Math.min(...stretches);
  if (!(fastest > 0)) return undefined;
  const change = slowest / fastest - 1;
  // 1.4826 turns a median of absolute deviations into a standard deviation; √2 because each is a difference of two.
  const steps = readings.slice(1).map((reading, i) => Math.abs(reading - readings[i]!));
  const scatter = (1.4826 * median(steps)) / Math.SQRT2 / median([...readings]);
  // A quarter of the run each: medians of normal readings range over some four standard errors, 1.25 scatter / √width.
  if (change < Math.max(notable, (6 * scatter) / Math.sqrt(width))) return undefined;
  return { change, slowed: stretches.indexOf(slowest) > stretches.indexOf(fastest) };
}

export function describeDrift({ change, slowed }: Drift): string {
  const longer =
    change < 1
      ? `${Math.round(100 * change)} % longer than before`
      : `${(1 + change).toFixed(1)} times as long as before`;
  const shorter = Math.round(100 * (1 - 1 / (1 + change)));
  const what = slowed
    ? `The device slowed down while measuring (heat, power or other load): a fixed canary kernel took ${longer}.`
    : `The device sped up while measuring: a fixed canary kernel took ${shorter} % less than before.`;
  return `${what} Compare by the paired ratios, not by the times.`;
}
