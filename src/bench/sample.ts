/** Takes one sample of a subject: ns per dispatch. */
import type { Random } from '../numerics/random.js';
import type { Plan } from './plan.js';
import type { Subject } from './subject.js';

export interface Sample {
  /** Samples of different subjects in the same round were taken next to each other and can be paired. */
  readonly round: number;
  readonly ns: number;
}

/**
 * The two batches of a slope come in random order: where the device gets faster or slower meanwhile, the error then has
 * either sign with equal chance, and the mean over samples stays right.
 */
export async function takeSample(subject: Subject, plan: Plan, random: Random): Promise<number> {
  const { dispatches } = plan;
  if (plan.method === 'direct') return ((await subject.run(dispatches)) - plan.overheadNs) / dispatches;
  if (random.next() < 0.5) {
    const shorter = await subject.run(dispatches);
    return ((await subject.run(2 * dispatches)) - shorter) / dispatches;
  }
  const longer = await subject.run(2 * dispatches);
  return (longer - (await subject.run(dispatches))) / dispatches;
}

/** Fisher–Yates; a new array. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
