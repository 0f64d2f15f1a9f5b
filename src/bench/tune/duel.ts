/** The last word of a search: the challenger against the reference, on fresh samples that did not choose it. */
import { compare, leastPairs, type PairedComparison } from '../compare.js';
import { type Measurement, type MeasureOptions, measure } from '../measure.js';
import type { Timing } from '../results.js';
import type { Subject } from '../subject.js';

export interface DuelOptions extends Pick<MeasureOptions, 'timer' | 'host' | 'seed' | 'canary' | 'signal'> {
  /** For both together. */
  readonly seconds: number;
  readonly onProgress: () => void;
}

export interface Fought {
  /** About the challenger against the reference: above 1, the challenger is faster. */
  readonly comparison?: PairedComparison | undefined;
  readonly reference?: Timing | undefined;
  readonly challenger?: Timing | undefined;
  readonly flags: readonly string[];
  /** What one of them threw. */
  readonly failure?: { readonly error: unknown };
}

/**
 * A challenger that the race shows to be faster by more than this, at 99 %, first meets the reference for a third of the
 * time: where fresh samples say the same, more of them would only cost time. Where they do not, it is fought in full.
 */
const clearGain = 1.05;
const shortShare = 1 / 3;

export interface FightOutOptions extends Omit<DuelOptions, 'seconds'> {
  /** Seconds a duel may always take, and those left of the budget, which it may take if there are more. */
  readonly least: number;
  readonly left: () => number;
  /** What the samples that chose the challenger say of it. */
  readonly raced?: PairedComparison | undefined;
}

export async function fightOut(
  reference: Subject,
  challenger: Subject | undefined,
  { least, left, raced, ...shared }: FightOutOptions,
): Promise<Fought> {
  const inFull = (atLeast: number) => fight(reference, challenger, { ...shared, seconds: Math.max(left(), atLeast) });
  if (!challenger || !isClear(raced)) return inFull(least);
  const short = least * shortShare;
  const first = await fight(reference, challenger, { ...shared, seconds: short });
  if (first.failure || shared.signal?.aborted || isClear(first.comparison)) return first;
  return inFull(least - short);
}

function isClear(compared: PairedComparison | undefined): boolean {
  return compared !== undefined && compared.pairs >= leastPairs && compared.ci99[0] > clearGain;
}

export async function fight(
  reference: Subject,
  challenger: Subject | undefined,
  options: DuelOptions,
): Promise<Fought> {
  const subjects = challenger ? [reference, challenger] : [reference];
  const { seconds, onProgress, ...shared } = options;
  const { measurements, flags } = await measure(subjects, {
    ...shared,
    criterion: {
      seconds: seconds / subjects.length,
      warmupSeconds: Math.min(0.5, seconds / 20),
      maxNoise: 0.005,
      minSamples: 3 * leastPairs,
    },
    onProgress,
  });
  const [own, other] = measurements;
  const failed = measurements.find((measurement) => measurement.status === 'failed');
  return {
    comparison: other && own && compare(other, own),
    reference: own && timingOf(own),
    challenger: other && timingOf(other),
    flags,
    ...(failed?.status === 'failed' ? { failure: { error: failed.error } } : {}),
  };
}

function timingOf(measurement: Measurement): Timing | undefined {
  return measurement.status === 'ok' ? measurement.timing : undefined;
}
