/** Chooses how a subject is sampled: how many dispatches make a batch long against the clock, and which estimator. */
import type { BatchLimits } from './criterion.js';
import type { TimerFacts } from './results.js';
import type { Subject } from './subject.js';

/**
 * `slope`: (t(2R) − t(R)) / R. Whatever a batch costs besides its dispatches cancels.
 * `direct`: (t(R) − overhead) / R. Only where one dispatch alone fills a batch and the overhead is below 0.2 % of it,
 * a tenth of the band within which two kernels count as the same. There it is the better estimator: with batch noise σ a slope between 1
 * and 2 dispatches has variance 5σ² for three dispatches, `direct` σ² for one, so it reaches the same interval in a
 * fifteenth of the time, and on a software adapter one dispatch may last half a second.
 *
 * Both are unbiased on a clock that rounds down to steps of Q: with start s uniform within a step,
 * E[⌊(s + d) / Q⌋ − ⌊s / Q⌋] = d / Q for every duration d. That holds for the mean only. The median and the minimum of
 * such readings are multiples of Q and stay there however many are taken.
 */
export type Method = 'slope' | 'direct';

export interface Plan {
  readonly method: Method;
  /** R. */
  readonly dispatches: number;
  /** What is taken off a batch by `direct`, ns. */
  readonly overheadNs: number;
  /** What one step of the clock is worth in ns per dispatch. */
  readonly stepNs: number;
}

/** The batch would have to be longer than the limits allow. */
export class BelowResolutionError extends Error {
  override readonly name = 'BelowResolutionError';
}

/** Largest share of a batch that overhead may take where it is subtracted rather than cancelled. */
const directOverheadShare = 0.002;

/** Fewer steps of the clock than this in the longest allowed batch, and the time is refused. */
const leastQuanta = 10;

/** Length a batch of R should have, ns. */
export function batchTarget(timer: TimerFacts, limits: BatchLimits): number {
  const wanted = Math.max(limits.minQuanta * timer.quantumNs, limits.minBatchNs);
  // A batch of R ends up between the target and twice the target, one of 2R twice as long.
  return Math.min(wanted, limits.maxBatchNs / 4);
}

/**
 * Doubles R until a batch reaches the target length.
 * @throws BelowResolutionError where even the most dispatches allowed do not last ten steps of the clock.
 */
export async function choosePlan(subject: Subject, timer: TimerFacts, limits: BatchLimits): Promise<Plan> {
  const target = batchTarget(timer, limits);
  let dispatches = 1;
  let workNs = await work(subject, dispatches, timer);
  while (workNs < target && 2 * dispatches <= limits.maxDispatches) {
    dispatches *= 2;
    workNs = await work(subject, dispatches, timer);
  }
  if (workNs < leastQuanta * timer.quantumNs) {
    throw new BelowResolutionError(
      `Too short for this clock: ${dispatches} dispatches together last less than ${leastQuanta} of its steps of ` +
        `${Math.round(timer.quantumNs)} ns. Choose a larger shape.`,
    );
  }
  return planFor(dispatches, workNs / dispatches, timer, limits);
}

async function work(subject: Subject, dispatches: number, timer: TimerFacts): Promise<number> {
  return (await subject.run(dispatches)) - timer.overheadNs;
}

/** Fits R to a better estimate of one dispatch: the first readings were taken on a cold device. */
export function refinePlan(plan: Plan, dispatchNs: number, timer: TimerFacts, limits: BatchLimits): Plan {
  if (dispatchNs <= 0) return plan;
  const target = batchTarget(timer, limits);
  let dispatches = 1;
  while (dispatches * dispatchNs < target && 2 * dispatches <= limits.maxDispatches) dispatches *= 2;
  return planFor(dispatches, dispatchNs, timer, limits);
}

function planFor(dispatches: number, dispatchNs: number, timer: TimerFacts, limits: BatchLimits): Plan {
  const fillsBatch = dispatches === 1 && dispatchNs >= batchTarget(timer, limits);
  const direct = fillsBatch && timer.overheadNs <= directOverheadShare * dispatchNs;
  return {
    method: direct ? 'direct' : 'slope',
    dispatches,
    overheadNs: timer.overheadNs,
    stepNs: timer.quantumNs / dispatches,
  };
}
