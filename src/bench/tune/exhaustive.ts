/** Times every candidate, with no clever search: what the search is judged by. */

import type { Tunables } from '../../kernel/kernel.js';
import { compare } from '../compare.js';
import { measure } from '../measure.js';
import type { Interval } from '../statistics.js';
import type { Candidate, Opening, TuneOptions } from './contract.js';
import { keyOf } from './space.js';

export interface Exhaustive {
  readonly best: Tunables;
  /** Time of the best over the time of the one chosen by the search, paired: 1 where that is the best. */
  readonly share: number;
  readonly ci95: Interval;
  /** Verifying and measuring all of them took so long. */
  readonly seconds: number;
  readonly timed: readonly { readonly tunables: Tunables; readonly ns: number }[];
}

/**
 * The best of many noisy means looks better than it is, so the share errs to the side of the search having missed more.
 * @param secondsEach most time for each; it is done earlier when the noise is below 1 %.
 * @returns undefined where it was cancelled, or the chosen one could not be timed.
 */
export async function timeEvery(
  candidates: readonly Candidate[],
  chosen: Tunables,
  secondsEach: number,
  { timer, host, seed, signal }: Pick<TuneOptions, 'timer' | 'host' | 'seed' | 'signal'>,
  onProgress: (fraction: number, secondsLeft: number) => void,
): Promise<Exhaustive | undefined> {
  const began = host.now();
  const opened: { readonly tunables: Tunables; readonly opening: Extract<Opening, { status: 'ok' }> }[] = [];
  try {
    for (const { tunables, open } of candidates) {
      if (signal?.aborted) return undefined;
      const opening = await open();
      if (opening.status === 'ok') opened.push({ tunables, opening });
    }
    const subjects = opened.map(({ tunables, opening: { subject } }) => ({ id: keyOf(tunables), run: subject.run }));
    const { measurements } = await measure(subjects, {
      timer,
      host,
      seed,
      criterion: { seconds: secondsEach, warmupSeconds: secondsEach / 8, maxNoise: 0.01, minSamples: 12 },
      ...(signal ? { signal } : {}),
      onProgress: ({ fraction, secondsLeft }) => onProgress(fraction, secondsLeft),
    });
    const timed = measurements.flatMap((measurement, i) =>
      measurement.status === 'ok' ? [{ measurement, tunables: opened[i]!.tunables }] : [],
    );
    const own = timed.find(({ tunables }) => keyOf(tunables) === keyOf(chosen));
    const [best] = [...timed].sort((a, b) => a.measurement.timing.meanNs - b.measurement.timing.meanNs);
    if (!own || !best || signal?.aborted) return undefined;
    const compared = own === best ? undefined : compare(own.measurement, best.measurement);
    const { ratio, ci95 } = compared ?? { ratio: 1, ci95: [1, 1] as const };
    const times = timed.map(({ tunables, measurement }) => ({ tunables, ns: measurement.timing.meanNs }));
    return { best: best.tunables, share: ratio, ci95, seconds: (host.now() - began) / 1000, timed: times };
  } finally {
    for (const { opening } of opened) opening.close();
  }
}
