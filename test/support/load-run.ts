/** A recorded load with planted rates, for calibrations and fits. */
import type { LoadRun } from '../../src/bench/energy/runs.js';
import type { Cost } from '../../src/kernel/operation.js';

/**
 * @param perSecond operations by kind
 * @param start ms
 */
export function loadRun(
  kernel: string,
  perSecond: Cost['operations'],
  bytesPerS: number,
  start = 0,
  seconds = 10,
): LoadRun {
  const dispatches = 1000;
  const each = (rate: number): number => (rate * seconds) / dispatches;
  const operations = Object.fromEntries(Object.entries(perSecond).map(([kind, rate]) => [kind, each(rate)]));
  return {
    kernel,
    shape: { n: 1 },
    startMs: start,
    endMs: start + 1000 * seconds,
    dispatches,
    cost: { operations, nominal: 1, bytesRead: each(bytesPerS), bytesWritten: 0 },
  };
}
