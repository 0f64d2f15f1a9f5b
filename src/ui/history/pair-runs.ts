/** Holds two runs side by side: what both measured, and by how much the times differ. */
import { formatShape } from '../../bench/format.js';
import type { ResultRow, Results } from '../../bench/results.js';

export interface PairedRow {
  readonly kernel: string;
  /** Sizes and tunables as they are typed. */
  readonly variant: string;
  readonly first?: ResultRow;
  readonly second?: ResultRow;
  /** Time of the first over time of the second: above 1, the second is faster. */
  readonly ratio?: number;
  /** From the far ends of both intervals; wider than a paired interval, for runs made apart share no noise. */
  readonly bounds?: readonly [number, number];
}

/** Every kernel, size and set of tunables that either run holds, in the order of the first, then of the second. */
export function pairRuns(first: Results, second: Results): readonly PairedRow[] {
  const key = (row: ResultRow) =>
    `${row.kernel} ${formatShape(row.shape)} ${formatShape(row.tunables)} ${row.cache ?? 'hot'}`;
  const firsts = new Map(first.rows.map((row) => [key(row), row]));
  const seconds = new Map(second.rows.map((row) => [key(row), row]));
  return [...new Set([...firsts.keys(), ...seconds.keys()])].map((id) => {
    const [a, b] = [firsts.get(id), seconds.get(id)];
    const row = (a ?? b)!;
    const variant = [formatShape(row.shape), formatShape(row.tunables), row.cache === 'cold' ? 'cold' : '']
      .filter(Boolean)
      .join(', ');
    return { kernel: row.kernel, variant, ...(a && { first: a }), ...(b && { second: b }), ...compareTimes(a, b) };
  });
}

function compareTimes(a: ResultRow | undefined, b: ResultRow | undefined): Pick<PairedRow, 'ratio' | 'bounds'> {
  if (!a?.time || !b?.time || b.time.ci95Ns[0] <= 0 || b.time.meanNs <= 0) return {};
  return {
    ratio: a.time.meanNs / b.time.meanNs,
    bounds: [a.time.ci95Ns[0] / b.time.ci95Ns[1], a.time.ci95Ns[1] / b.time.ci95Ns[0]],
  };
}
