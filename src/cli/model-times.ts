/** Wall-clock times of runs of a model, as the terminal writes them. */
import { formatTiming } from '../bench/format.js';
import type { TimeOfRuns } from '../worker/models-api.js';

/** `16.7 ms ± 1.4 for 8`: the mean of a run, and how many items are in it. */
export function formatRuns({ meanMs, ci95Ms: [low, high], batch }: TimeOfRuns): string {
  return `${formatTiming({ meanNs: meanMs * 1e6, ci95Ns: [low * 1e6, high * 1e6] })} for ${batch}`;
}
