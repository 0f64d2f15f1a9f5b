/** What a chart of two axes joins by a line: the front of these two, whatever else schemes are held against each other in. */
import { onFront } from '../../numerics/front.js';

/**
 * Points that no other beats in both axes, from left to right, so that a line through them gets better throughout. Of points in the
 * same place the first.
 * @param points less is better along x.
 */
export function chartFront<P extends { readonly x: number; readonly y: number }>(
  points: readonly P[],
  lessIsBetter: boolean,
): readonly P[] {
  const front = onFront(points.map(({ x, y }) => [-x, lessIsBetter ? -y : y]));
  const sorted = points.filter((_, i) => front[i]).sort((a, b) => a.x - b.x);
  // Points of the front that share x share y too.
  return sorted.filter((point, i) => i === 0 || point.x !== sorted[i - 1]!.x);
}
