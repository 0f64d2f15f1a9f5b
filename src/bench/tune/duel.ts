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
