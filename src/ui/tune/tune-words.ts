/** What a search found, in sentences. */
import { formatRatioInterval, formatTiming, significant } from '../../bench/format.js';
import type { TunePoint } from '../../bench/tune/points.js';
import type { Winner } from '../../bench/tune/winners-schema.js';
import type { Tunables } from '../../kernel/kernel.js';
import type { Tuning } from '../../worker/api.js';

/** `threadM=4 threadN=8`. */
export function tunableWords(tunables: Tunables): string {
  return Object.entries(tunables)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

export function verdictWords({
  best,
  duel,
  confirmed,
  timing,
  reference,
  reason,
  stopped,
  spentSeconds,
}: Tuning): string {
  const after = `After ${significant(spentSeconds, 2)} s`;
  const why = reason === undefined ? '' : ` ${reason}`;
  if (!best || !reference) return `${after} nothing could be timed.${why}`;
  const early =
    stopped === 'cancelled' ? ' The search was cancelled: this is the best so far, and it is not kept.' : '';
  const time = timing ? `, ${formatTiming(timing)}` : '';
  if (duel?.verdict === 'faster') {
    const unsure = confirmed ? '' : ' by the samples that chose it';
    return `${after}: ${tunableWords(best)} is ${formatRatioInterval(duel)} as fast as the default${unsure}${time}.${early}${why}`;
  }
  const rival = duel
    ? ` Its best rival, ${tunableWords(duel.challenger)}, is ${duel.verdict} (${formatRatioInterval(duel)}).`
    : '';
  return `${after}: the default stays (${tunableWords(best)})${time}.${rival}${early}${why}`;
}

/** How many candidates came how far. */
export function countWords(points: readonly TunePoint[], refused: number): string {
  const count = (...states: readonly TunePoint['state'][]) =>
    points.filter(({ state }) => states.includes(state)).length;
  const parts: readonly (readonly [number, string])[] = [
    [count('racing', 'set-aside'), 'raced to the end'],
    [count('slower'), 'dropped as slower'],
    [count('untried'), 'not tried'],
    [count('wrong'), 'wrong'],
    [count('failed', 'unsupported'), 'failed'],
    [refused, 'ruled out by kernel or device'],
  ];
  return `${parts
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`)
    .join(', ')}.`;
}

export function winnerWords({ tunables, isDefault, ratio, ci95, date, shapeClass }: Winner): string {
  const gain = isDefault
    ? 'nothing faster than the default was found'
    : `${formatRatioInterval({ ratio, ci95 })} as fast as the default`;
  return `${tunableWords(tunables)}: ${gain}, tuned ${new Date(date).toLocaleDateString()} for ${shapeClass}.`;
}
