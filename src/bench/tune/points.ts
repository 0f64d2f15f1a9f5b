/** What a search knows of each combination it looked at: plain data for tables, heat maps and files. */
import * as v from 'valibot';
import type { Tunables } from '../../kernel/kernel.js';

const finite = v.pipe(v.number(), v.finite());
const name = v.pipe(v.string(), v.maxLength(200));
const interval = v.tuple([finite, finite]);

export const pointSchema = v.object({
  tunables: v.record(name, finite),
  /**
   * `racing`: as far as was seen, it may be the fastest. `slower`: clearly slower than the leader, so it was dropped.
   * `set-aside`: not told apart from faster ones in the time there was. `untried`: time was up before it was looked at.
   * The rest as everywhere: they were given no time.
   */
  state: v.picklist(['racing', 'slower', 'set-aside', 'untried', 'unsupported', 'wrong', 'failed']),
  reason: v.optional(v.pipe(v.string(), v.maxLength(2000))),
  /** Time of the default over its time, from rounds that had both: above 1, it is faster than the default. */
  ratio: v.optional(finite),
  ci95: v.optional(interval),
  /** Mean of its samples, or the first look where it was dropped at that; ns. Compare by `ratio`, not by this. */
  ns: v.optional(finite),
  samples: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
});

export type TunePoint = v.InferOutput<typeof pointSchema>;

/** Names a combination, e.g. `threadM=4 threadN=8`; `default` where a kernel has no tunables. */
export function keyOf(tunables: Tunables): string {
  return (
    Object.entries(tunables)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ') || 'default'
  );
}

/** A cell of a heat map: the best ratio to the default over all other tunables. */
export interface HeatCell {
  readonly x: number;
  readonly y: number;
  /** Undefined where nothing with these two values was timed. */
  readonly ratio?: number;
  /** How many were timed, and how many there are. */
  readonly timed: number;
  readonly of: number;
}

/** Two tunables against each other, row by row; `x` and `y` ascending. */
export function heatMap(points: readonly TunePoint[], x: string, y: string): readonly HeatCell[] {
  const cells: HeatCell[] = [];
  for (const valueY of valuesOf(points, y)) {
    for (const valueX of valuesOf(points, x)) {
      const here = points.filter(({ tunables }) => tunables[x] === valueX && tunables[y] === valueY);
      const ratios = here.flatMap(({ ratio }) => ratio ?? []);
      const best = ratios.length === 0 ? {} : { ratio: Math.max(...ratios) };
      cells.push({ x: valueX, y: valueY, ...best, timed: ratios.length, of: here.length });
    }
  }
  return cells;
}

export function valuesOf(points: readonly { readonly tunables: Tunables }[], tunable: string): readonly number[] {
  return [...new Set(points.flatMap(({ tunables }) => tunables[tunable] ?? []))].sort((a, b) => a - b);
}

/**
 * The two tunables that explain the times best: those whose values, each taken with the best of the rest, differ most.
 * Fewer where the kernel has fewer.
 */
export function mostTelling(points: readonly TunePoint[]): readonly string[] {
  const names = Object.keys(points[0]?.tunables ?? {}).filter((tunable) => valuesOf(points, tunable).length > 1);
  const spread = (tunable: string): number => {
    const best = valuesOf(points, tunable).flatMap((value) => {
      const ratios = points.flatMap(({ tunables, ratio }) => (tunables[tunable] === value ? (ratio ?? []) : []));
      return ratios.length === 0 ? [] : [Math.max(...ratios)];
    });
    return best.length < 2 ? 0 : Math.log(Math.max(...best) / Math.min(...best));
  };
  return names
    .map((tunable) => ({ tunable, by: spread(tunable) }))
    .sort((a, b) => b.by - a.by)
    .slice(0, 2)
    .map(({ tunable }) => tunable);
}
