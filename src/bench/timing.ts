/** Turns the samples of one subject into a time with an interval, or the reason why there is none. */
import { mean } from 'simple-statistics';
import type { Random } from '../numerics/random.js';
import { leastRounds } from './criterion.js';
import { formatRange, formatTime, plain } from './format.js';
import type { Plan } from './plan.js';
import type { TimerFacts, Timing } from './results.js';
import { bootstrapInterval, halfWidth, wideningFor, withinFences } from './statistics.js';

export type Stopped = NonNullable<Timing['stopped']>;

/** The samples that count: all but those far outside the rest, which belong to something else that ran. */
function keptSamples(samples: readonly number[], plan: Plan): readonly number[] {
  return withinFences(samples, 4 * plan.stepNs).map((i) => samples[i]!);
}

/** Half width of the 95 % interval over the mean; infinite where that cannot be said. */
export function relativeNoise(samples: readonly number[], plan: Plan): number {
  const { centre, half } = centreOf(samples, plan);
  return centre > 0 ? half / centre : Number.POSITIVE_INFINITY;
}

/** A time that is still being sampled. */
export type TimeSoFar = Pick<Timing, 'meanNs' | 'ci95Ns'>;

/** Nothing before there are three samples, nor where they do not tell the time from zero. */
export function timeSoFar(samples: readonly number[], plan: Plan): TimeSoFar | undefined {
  const { centre, half } = centreOf(samples, plan);
  if (samples.length < leastRounds || !(half < centre)) return undefined;
  return { meanNs: centre, ci95Ns: [centre - half, centre + half] };
}

/** Mean of the samples that count, and half of Student's 95 % interval. */
function centreOf(samples: readonly number[], plan: Plan): { readonly centre: number; readonly half: number } {
  const kept = keptSamples(samples, plan);
  if (kept.length < 2) return { centre: kept[0] ?? 0, half: Number.POSITIVE_INFINITY };
  const half = wideningFor(samples, kept) * halfWidth(kept, 0.95, plan.stepNs);
  return { centre: mean([...kept]), half };
}

/** A refusal is a sentence: a time that cannot be told from zero is never printed as a number. */
export type Summary = { readonly timing: Timing } | { readonly refusal: string };

export interface SummaryContext {
  readonly plan: Plan;
  readonly timer: TimerFacts;
  readonly random: Random;
  readonly stopped: Stopped;
  readonly flags: readonly string[];
}

export function summarize(samples: readonly number[], context: SummaryContext): Summary {
  const { plan, timer, random, stopped } = context;
  const kept = keptSamples(samples, plan);
  if (kept.length < 2) {
    const why = stopped === 'cancelled' ? 'Cancelled before' : 'Time was up before';
    return { refusal: `${why} two samples were taken; an interval needs at least two.` };
  }
  const meanNs = mean([...kept]);
  const wider = wideningFor(samples, kept);
  const [lo, hi] = bootstrapInterval(kept, random, plan.stepNs).map((end) => meanNs + wider * (end - meanNs)) as [
    number,
    number,
  ];
  if (!(lo > 0)) {
    return {
      refusal:
        `Not told from zero: ${kept.length} samples give ${plain(formatTime(meanNs))} with an interval of ` +
        `${plain(formatRange(lo * 1e-9, hi * 1e-9, 's'))}. Choose a larger shape or more time.`,
    };
  }
  const timing: Timing = {
    meanNs,
    ci95Ns: [lo, hi],
    samples: kept.length,
    dispatchesPerSample: plan.dispatches,
    method: plan.method,
    rawNs: [...samples],
    stopped,
    flags: [...context.flags, ...notes(samples.length - kept.length, samples.length, meanNs, timer)],
  };
  return { timing };
}

function notes(setAside: number, all: number, meanNs: number, timer: TimerFacts): readonly string[] {
  const found: string[] = [];
  if (setAside > 0) {
    found.push(`${setAside} of ${all} samples set aside: more than three interquartile ranges outside the rest.`);
  }
  if (timer.launchNs !== undefined && meanNs < 2 * timer.launchNs) {
    found.push(`Mostly launch cost: an empty dispatch takes ${Math.round(timer.launchNs)} ns here.`);
  }
  return found;
}
