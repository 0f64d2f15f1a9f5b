/** Who is faster than whom: everyone against the fastest rival on the adapter, and our fastest against every rival. */
import { type Compared, compare } from '../../../src/bench/compare.js';
import { type Crossing, findCrossings } from '../../../src/bench/crossover.js';
import type { Comparison, ResultRow, Results } from '../../../src/bench/results.js';
import type { Shape } from '../../../src/kernel/operation.js';
import { isRoundTrip } from './entrant.js';

const rivals = ['onnxruntime-web/', 'tfjs-backend-webgpu/', 'jax-js/'];

export function isRival(kernel: string): boolean {
  return rivals.some((prefix) => kernel.startsWith(prefix));
}

/** On the CPU: no rival on the adapter, but what the adapter has to beat. */
export function onCpu(kernel: string): boolean {
  return kernel.startsWith('onnxruntime-web/wasm-');
}

/** Right and timed: everyone else takes no part in comparisons. */
export interface Finisher extends Compared {
  readonly kernel: string;
  readonly meanNs: number;
}

/**
 * First those against the fastest rival on the adapter (b), then our fastest (a) against the rivals left; round trips
 * against the CPU alone, which has its numbers where an application wants them. Empty where there is none of ours or no rival.
 */
export function compareAll(all: readonly Finisher[], shape: Shape): readonly Comparison[] {
  const trips = all.filter(({ kernel }) => isRoundTrip(kernel));
  const finishers = all.filter(({ kernel }) => !isRoundTrip(kernel));
  const ours = fastest(finishers.filter(({ kernel }) => !isRival(kernel)));
  const others = finishers.filter(({ kernel }) => isRival(kernel));
  const rival = fastest(others.filter(({ kernel }) => !onCpu(kernel))) ?? fastest(others);
  if (!ours || !rival) return [];
  const pairs = [
    ...finishers.filter((finisher) => finisher !== rival).map((finisher) => [finisher, rival] as const),
    ...others.filter((other) => other !== rival).map((other) => [ours, other] as const),
    ...trips.flatMap((trip) => others.filter(({ kernel }) => onCpu(kernel)).map((other) => [trip, other] as const)),
  ];
  return pairs.flatMap(([a, b]) => {
    const found = compare(a, b);
    if (!found) return [];
    const { ratio, ci95, verdict, pairs: count } = found;
    return [{ a: a.kernel, b: b.kernel, shape, ratio, ci95: [...ci95], verdict, pairs: count }];
  });
}

function fastest(finishers: readonly Finisher[]): Finisher | undefined {
  return [...finishers].sort((x, y) => x.meanNs - y.meanNs)[0];
}

/** Rows of one piece of work. */
export interface WorkGroup {
  readonly rows: readonly ResultRow[];
  readonly comparisons: readonly Comparison[];
}

export function groupsOf({ rows, comparisons }: Pick<Results, 'rows' | 'comparisons'>): readonly WorkGroup[] {
  const keyOf = ({ shape }: { readonly shape: Shape }): string => JSON.stringify(shape);
  const keys = [...new Set(rows.map((row) => keyOf(row)))];
  return keys.map((key) => ({
    rows: rows.filter((row) => keyOf(row) === key),
    comparisons: comparisons.filter((comparison) => keyOf(comparison) === key),
  }));
}

/** Our fastest kernel of a piece of work against each rival that was right, the fastest on the adapter first. */
export function headlines({ rows, comparisons }: WorkGroup): readonly Comparison[] {
  const timed = rows.filter(({ time, kernel }) => time && !isRival(kernel) && !isRoundTrip(kernel));
  const best = timed.sort((x, y) => x.time!.meanNs - y.time!.meanNs)[0];
  return comparisons.filter(({ a, b }) => a === best?.kernel && isRival(b));
}

/** What of the adapter is held against the CPU: the kernel with its data on the device, or with A uploaded and C downloaded. */
export type AgainstCpu = 'kernel' | 'round trip';

/** Square f32 products, our fastest kernel against one CPU thread, each with its place on the axis of their size. */
export function cpuComparisons(
  results: Pick<Results, 'rows' | 'comparisons'>,
  what: AgainstCpu,
): readonly Comparison[] {
  return groupsOf(results).flatMap((group) => {
    const { operation, shape } = group.rows[0]!;
    const { m, n, k } = shape;
    if (operation !== 'gemm-f32' || m !== n || n !== k) return [];
    const wanted = what === 'kernel' ? headlines(group) : group.comparisons.filter(({ a }) => isRoundTrip(a));
    return wanted.filter(({ b }) => onCpu(b)).map((comparison) => ({ ...comparison, at: n! }));
  });
}

/** The sizes at which the two change places. */
export function cpuCrossings(results: Pick<Results, 'rows' | 'comparisons'>, what: AgainstCpu): readonly Crossing[] {
  return findCrossings(cpuComparisons(results, what));
}
