/** Separate effects of each feature as a learner: needs few rows, and is what a forest has to beat. */
import type { Learner } from './predict.js';

/** Pulls effects that few rows speak for towards zero; in rows. */
const ridge = 0.5;
const sweeps = 20;

/**
 * target ≈ mean + one effect per value of each feature, fitted by backfitting with shrinkage. Values between those seen lie
 * on the line between their neighbours; beyond the ends the effect of the end holds.
 */
export const additive: Learner = {
  name: 'additive effects',
  learn(rows) {
    const base = rows.reduce((sum, { target }) => sum + target, 0) / rows.length;
    const effects = (rows[0]?.features ?? []).map(() => new Map<number, number>());
    const fitted = (features: readonly number[]) =>
      effects.reduce((sum, effect, i) => sum + (effect.get(features[i]!) ?? 0), base);
    for (let sweep = 0; sweep < sweeps; sweep++) {
      for (const [i, effect] of effects.entries()) {
        const sums = new Map<number, { total: number; count: number }>();
        for (const { features, target } of rows) {
          const value = features[i]!;
          const residual = target - fitted(features) + (effect.get(value) ?? 0);
          const sum = sums.get(value) ?? { total: 0, count: 0 };
          sums.set(value, { total: sum.total + residual, count: sum.count + 1 });
        }
        for (const [value, { total, count }] of sums) effect.set(value, total / (count + ridge));
      }
    }
    const curves = effects.map((effect) => [...effect].sort(([one], [other]) => one - other));
    return (features) => curves.reduce((sum, curve, i) => sum + along(curve, features[i]!), base);
  },
};

/** @param curve points by ascending x */
function along(curve: readonly (readonly [x: number, y: number])[], x: number): number {
  const above = curve.findIndex(([at]) => at >= x);
  const [right, left] = [curve[above], curve[above - 1]];
  if (!right) return curve.at(-1)?.[1] ?? 0;
  if (!left || right[0] === x) return right[1];
  const share = (x - left[0]) / (right[0] - left[0]);
  return (1 - share) * left[1] + share * right[1];
}
