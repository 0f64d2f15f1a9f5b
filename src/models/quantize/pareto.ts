/** Schemes held against each other in size, time, accuracy and energy: the front, and one sentence on what to take. */

import type { Verdict } from '../../bench/results.js';
import { onFront } from '../../numerics/front.js';
import type { Estimate } from './accuracy.js';
import { QuantizeError } from './errors.js';

/** One scheme's results. Times and energies are left out where they were not measured or modelled. */
export interface Candidate {
  readonly id: string;
  readonly title: string;
  readonly bytes: number;
  readonly accuracy: Estimate;
  /** Seconds per example. */
  readonly seconds?: number;
  /** Against the reference, from rounds in which both ran. */
  readonly speed?: { readonly ratio: number; readonly verdict: Verdict };
  /** Modelled joules per example. */
  readonly joules?: number;
}

export interface ParetoOptions {
  /** The yardstick; the first candidate named f32, else the most accurate. */
  readonly reference?: string;
  /** Accuracy that may be lost against the reference, as a share: 0.01 is one point. */
  readonly allowedLoss?: number;
  /** What `accuracy` is a share of, in words; `accuracy` where left out. */
  readonly measure?: string;
  /** What to make small among those accurate enough. */
  readonly prefer?: 'bytes' | 'seconds' | 'joules';
}

export interface Recommendation {
  readonly id: string;
  readonly sentence: string;
}

/**
 * Candidates that no other beats: none is at least as good in everything and better in something. A quantity counts only where
 * all candidates have it.
 */
export function paretoFront(candidates: readonly Candidate[]): readonly Candidate[] {
  const keys = costs(candidates);
  const front = onFront(candidates.map((each) => [each.accuracy.value, ...keys.map((key) => -each[key]!)]));
  return candidates.filter((_, i) => front[i]);
}

type Cost = 'bytes' | 'seconds' | 'joules';

function costs(candidates: readonly Candidate[]): readonly Cost[] {
  return (['bytes', 'seconds', 'joules'] as const).filter((key) => candidates.every((each) => each[key] !== undefined));
}

/**
 * The cheapest candidate that loses no more accuracy than allowed, with the reason. Where none but the reference does, the
 * reference, and how far the next one is off.
 * @throws QuantizeError `bad-value` without candidates, or where the preferred quantity is missing.
 */
export function recommend(candidates: readonly Candidate[], options: ParetoOptions = {}): Recommendation {
  const { allowedLoss = 0.01, prefer = 'bytes' } = options;
  const [first] = [...candidates].sort((a, b) => b.accuracy.value - a.accuracy.value);
  if (first === undefined) throw new QuantizeError('bad-value', 'A recommendation', 'needs at least one scheme');
  const reference = candidates.find(({ id }) => id === (options.reference ?? 'f32')) ?? first;
  if (!costs(candidates).includes(prefer))
    throw new QuantizeError('bad-value', 'A recommendation', `by ${prefer} needs that of every scheme`);
  const loss = (each: Candidate): number => reference.accuracy.value - each.accuracy.value;
  // Among equals the more accurate, so that the choice does not hang on the order.
  const order = (a: Candidate, b: Candidate): number => a[prefer]! - b[prefer]! || loss(a) - loss(b);
  const [best] = candidates.filter((each) => loss(each) <= allowedLoss + 1e-12).sort(order) as [Candidate];
  return {
    id: best.id,
    sentence:
      best === reference
        ? keep(reference, candidates, options)
        : take(best, reference, loss(best), prefer, options.measure),
  };
}

const things: Readonly<Record<Cost, string>> = { bytes: 'size', seconds: 'time', joules: 'modelled energy' };

function take(best: Candidate, reference: Candidate, loss: number, prefer: Cost, measure = 'accuracy'): string {
  const share = ((100 * best[prefer]!) / reference[prefer]!).toPrecision(3);
  const others = (['bytes', 'seconds', 'joules'] as const)
    .filter((key) => key !== prefer && best[key] !== undefined && reference[key])
    .map((key) =>
      key === 'seconds' && best.speed
        ? timeWords(best.speed)
        : `${((100 * best[key]!) / reference[key]!).toPrecision(3)} % of its ${things[key]}`,
    );
  const also = others.length > 0 ? ` (${others.join(', ')})` : '';
  const points = Math.abs(100 * loss).toFixed(2);
  const need = `Take ${best.title}: it needs ${share} % of the ${things[prefer]} of ${reference.title}${also} and`;
  if (loss === 0) return `${need} loses nothing of ${measure}.`;
  const cost = loss > 0 ? `loses ${points} points` : `gains ${points} points`;
  const { low, high } = best.accuracy;
  const sure =
    reference.accuracy.value >= low && reference.accuracy.value <= high
      ? `which the data cannot tell from ${reference.title}`
      : 'which is more than chance explains';
  return `${need} ${cost} of ${measure}, ${sure}.`;
}

/** No share of a time that the samples do not settle. */
function timeWords({ ratio, verdict }: NonNullable<Candidate['speed']>): string {
  if (verdict === 'same') return 'in the same time';
  return verdict === 'undecided' ? 'times too close to tell' : `${(100 / ratio).toPrecision(3)} % of its time`;
}

function keep(
  reference: Candidate,
  candidates: readonly Candidate[],
  { allowedLoss = 0.01, prefer = 'bytes', measure = 'accuracy' }: ParetoOptions,
): string {
  const [next] = candidates
    .filter((each) => each !== reference && each[prefer]! < reference[prefer]!)
    .sort((a, b) => b.accuracy.value - a.accuracy.value);
  if (next === undefined) return `Keep ${reference.title}: nothing else has a smaller ${things[prefer]}.`;
  const points = (100 * (reference.accuracy.value - next.accuracy.value)).toFixed(2);
  return `Keep ${reference.title}: the most accurate smaller form, ${next.title}, loses ${points} points of ${measure}, and ${(100 * allowedLoss).toFixed(2)} are allowed.`;
}
