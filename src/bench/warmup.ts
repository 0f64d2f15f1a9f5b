/** Runs a subject until it stops getting faster: clocks ramp up, caches fill, drivers finish compiling. */
import type { Host } from './host.js';
import type { Plan } from './plan.js';
import type { Subject } from './subject.js';

export interface WarmUp {
  readonly batches: number;
  /** Mean of the last batches, ns per dispatch, overhead taken off. */
  readonly dispatchNs: number;
  /** False where time was up while it was still getting faster. */
  readonly settled: boolean;
}

/** Batches compared with as many before them. */
const window = 4;

/** Getting faster by less than this share counts as noise. */
const tolerance = 0.01;

export async function warmUp(
  subject: Subject,
  plan: Plan,
  seconds: number,
  host: Host,
  signal?: AbortSignal,
): Promise<WarmUp> {
  const end = host.now() + 1000 * seconds;
  const readings: number[] = [];
  let settled = false;
  while (!settled && !signal?.aborted && (readings.length === 0 || host.now() < end)) {
    readings.push((await subject.run(plan.dispatches)) - plan.overheadNs);
    settled = hasSettled(readings);
  }
  const last = readings.slice(-window);
  return { batches: readings.length, dispatchNs: average(last) / plan.dispatches, settled };
}

function hasSettled(readings: readonly number[]): boolean {
  if (readings.length < 2 * window) return false;
  const before = average(readings.slice(-2 * window, -window));
  return average(readings.slice(-window)) > (1 - tolerance) * before;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}
