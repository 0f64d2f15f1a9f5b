/** What a search found, in sentences. */
import { formatRatioInterval } from '../../bench/format.js';
import { keyOf, type TunePoint } from '../../bench/tune/points.js';
import type { VerdictVoice } from '../../bench/tune/verdict-words.js';
import type { Winner } from '../../bench/tune/winners-schema.js';

/** Of a finished search, as the page says it. */
export const pageVoice: VerdictVoice = {
  stays: (best) => `the default stays (${best})`,
  cancelled: 'The search was cancelled: this is the best so far, and it is not kept.',
};

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
  return `${keyOf(tunables)}: ${gain}, tuned ${new Date(date).toLocaleDateString()} for ${shapeClass}.`;
}
