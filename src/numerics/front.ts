/** The Pareto front: what nothing else beats in everything that counts. */

/**
 * Whether each candidate lies on the front: no other is at least as good in every number and better in one.
 * @param candidates as many numbers each, of which more is better.
 */
export function onFront(candidates: readonly (readonly number[])[]): readonly boolean[] {
  return candidates.map((each) => !candidates.some((other) => dominates(other, each)));
}

function dominates(one: readonly number[], other: readonly number[]): boolean {
  return one.every((value, i) => value >= other[i]!) && one.some((value, i) => value > other[i]!);
}
