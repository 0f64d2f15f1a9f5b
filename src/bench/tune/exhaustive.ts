/** Times every candidate, with no clever search: what the search is judged by. */

import type { Tunables } from '../../kernel/kernel.js';
import { measure } from '../measure.js';
import type { Interval } from '../statistics.js';
import type { Subject } from '../subject.js';
import type { Candidate, Opening, TuneOptions } from './contract.js';
import { fight } from './duel.js';
import { keyOf } from './points.js';

export interface Exhaustive {
  readonly best: Tunables;
  /** Time of the best over the time of the one chosen by the search, on fresh pairs: 1 where they are the same. */
  readonly share: number;
  readonly ci95: Interval;
  /** Verifying and measuring all of them took so long. */
  readonly seconds: number;
  readonly timed: readonly { readonly tunables: Tunables; readonly ns: number }[];
}

/** For the last comparison, which is no part of the exhaustive search's time. */
const duelSeconds = 8;
const equal = { ratio: 1, ci95: [1, 1] as const };

/**
 * The best of many noisy means looks better than it is, so it is compared with the chosen one on fresh samples; where noise
 * named the wrong one best, the share may come out above 1.
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
    const again = async (own: Subject, other: Subject) => {
      const options = { timer, host, seed: seed + 1, seconds: duelSeconds, onProgress: () => onProgress(1, 0) };
      return (await fight(own, other, signal ? { ...options, signal } : options)).comparison;
    };
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
    const seconds = (host.now() - began) / 1000;
    const [best] = [...timed].sort((a, b) => a.measurement.timing.meanNs - b.measurement.timing.meanNs);
    const own = subjects.find(({ id }) => id === keyOf(chosen));
    const other = subjects.find(({ id }) => best && id === keyOf(best.tunables));
    if (!own || !other || !best || signal?.aborted) return undefined;
    const compared = own === other ? equal : await again(own, other);
    if (!compared) return undefined;
    const times = timed.map(({ tunables, measurement }) => ({ tunables, ns: measurement.timing.meanNs }));
    const [lo, hi] = compared.ci95;
    return { best: best.tunables, share: 1 / compared.ratio, ci95: [1 / hi, 1 / lo], seconds, timed: times };
  } finally {
    for (const { opening } of opened) opening.close();
  }
}
