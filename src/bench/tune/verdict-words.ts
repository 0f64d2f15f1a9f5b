/** What a search over tunables found, in a sentence, for page and terminal. */
import { formatRatioInterval, formatTiming, significant } from '../format.js';
import type { Tuned } from './contract.js';
import { keyOf } from './points.js';

/** What page and terminal each say in their own words. */
export interface VerdictVoice {
  /** Where the default, named as `keyOf` names it, is still the best, e.g. `the default stays (tile=8)`. */
  readonly stays: (best: string) => string;
  /** Whole sentences. */
  readonly cancelled: string;
}

export function verdictWords(tuned: Tuned, { stays, cancelled }: VerdictVoice): string {
  const { best, duel, confirmed, timing, reference, reason, stopped, spentSeconds } = tuned;
  const after = `After ${significant(spentSeconds, 2)} s`;
  const why = reason === undefined ? '' : ` ${reason}`;
  if (!best || !reference) return `${after} nothing could be timed.${why}`;
  const early = stopped === 'cancelled' ? ` ${cancelled}` : '';
  const time = timing ? `, ${formatTiming(timing)}` : '';
  if (duel?.verdict === 'faster') {
    const unsure = confirmed ? '' : ' by the samples that chose it';
    return `${after}: ${keyOf(best)} is ${formatRatioInterval(duel)} as fast as the default${unsure}${time}.${early}${why}`;
  }
  const rival = duel
    ? ` The best rival, ${keyOf(duel.challenger)}, is ${duel.verdict} (${formatRatioInterval(duel)}).`
    : '';
  return `${after}: ${stays(keyOf(best))}${time}.${rival}${early}${why}`;
}
