/** Times that stored results hold of a kernel, for a predictor to learn from beside the points of searches. */
import type { ResultRow, Results } from '../results.js';
import type { Winner } from './winners-schema.js';

export interface StoredTime
  extends Pick<ResultRow, 'kernel' | 'shape' | 'tunables'>,
    Pick<Winner, 'adapter' | 'runtime'> {
  readonly ns: number;
}

/** Of rows that were right and timed with warm caches, as searches time them. */
export function timesOf(
  { environment, rows }: Pick<Results, 'environment' | 'rows'>,
  wanted: string,
): readonly StoredTime[] {
  const { adapter, runtime } = environment;
  return rows.flatMap(({ kernel, shape, tunables, status, time, cache }) =>
    kernel === wanted && status === 'ok' && time && cache !== 'cold'
      ? [{ kernel, shape, tunables, adapter, runtime, ns: time.meanNs }]
      : [],
  );
}
