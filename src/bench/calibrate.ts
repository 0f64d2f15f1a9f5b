/** Measures the timer itself, before anything is measured with it: its step, and what a batch, a dispatch, a readback cost. */
import { mean, median } from 'simple-statistics';
import type { Host } from './host.js';
import type { TimerFacts } from './results.js';
import type { Subject } from './subject.js';

export interface CalibrationOptions {
  readonly kind: TimerFacts['kind'];
  /** A kernel that does nothing, one workgroup. */
  readonly empty: Subject;
  /** Submits, copies 4 bytes, maps; ns by the clock of the page. */
  readonly readback?: () => Promise<number>;
  readonly host: Host;
  /** Most time for all of it. */
  readonly seconds?: number;
}

/** Readings that make a step certain enough; fewer where time is up. */
const stepReadings = 64;
const readbacks = 8;
const mostDispatches = 16_384;

export async function calibrateTimer(options: CalibrationOptions): Promise<TimerFacts> {
  const { kind, empty, host, seconds = 0.6 } = options;
  const start = host.now();
  const until = (share: number) => start + 1000 * seconds * share;
  await empty.run(1);
  const dispatches = await visibleBatch(empty, host, until(0.4));
  const single: number[] = [];
  const several: number[] = [];
  const spread: number[] = [];
  for (let i = 0; i < stepReadings && (i < 3 || host.now() < until(0.8)); i++) {
    single.push(await empty.run(1));
    several.push(await empty.run(dispatches));
    // Other lengths too, for a clock that would show these two as one value each.
    spread.push(await empty.run(dispatches + 1 + (i % Math.max(8, dispatches))));
  }
  const launchNs = Math.max(0, (mean(several) - mean(single)) / (dispatches - 1));
  const overheadNs = Math.max(0, mean(single) - launchNs);
  const quantumNs = findQuantum([...single, ...several, ...spread]);
  const readbackNs = options.readback && (await readbackCost(options.readback, host, until(1)));
  return { kind, quantumNs, overheadNs, launchNs, ...(readbackNs !== undefined && { readbackNs }) };
}

/** Doubles an empty batch until it takes twice what one dispatch takes and the clock shows it: then its slope is launch cost. */
async function visibleBatch(empty: Subject, host: Host, end: number): Promise<number> {
  const one = Math.max(0, await empty.run(1));
  let dispatches = 2;
  while ((await empty.run(dispatches)) <= 4 * one && 2 * dispatches <= mostDispatches && host.now() < end)
    dispatches *= 2;
  return dispatches;
}

async function readbackCost(readback: () => Promise<number>, host: Host, end: number): Promise<number> {
  const readings: number[] = [];
  for (let i = 0; i < readbacks && (i < 2 || host.now() < end); i++) readings.push(await readback());
  return median(readings);
}

/**
 * The step of the clock: the largest value of which nearly all differences between readings are multiples.
 * Where there is none (a clock with no visible steps), the smallest difference seen. Times are in whole ns; a step need
 * not be (83⅓ ns on some GPUs), hence the tolerance. 0 where all readings are equal.
 */
export function findQuantum(readings: readonly number[]): number {
  const distinct = [...new Set(readings)].sort((x, y) => x - y);
  const differences = distinct
    .slice(1)
    .map((value, i) => value - distinct[i]!)
    .filter((value) => value > 0.5);
  const smallest = Math.min(...differences);
  if (differences.length === 0) return 0;
  for (let divisor = 1; divisor <= 8; divisor++) {
    const candidate = smallest / divisor;
    if (candidate < 1) break;
    if (explains(candidate, differences)) return refine(candidate, differences);
  }
  return smallest;
}

function explains(step: number, differences: readonly number[]): boolean {
  const near = differences.filter(
    (value) => Math.abs(value - step * Math.round(value / step)) <= Math.max(1, 0.01 * step),
  );
  // A step of few ns explains anything within the tolerance of 1 ns.
  return step > 8 && near.length >= 0.9 * differences.length;
}

function refine(step: number, differences: readonly number[]): number {
  const small = differences.filter((value) => value < 16 * step);
  const steps = small.reduce((sum, value) => sum + Math.round(value / step), 0);
  return steps > 0 ? small.reduce((sum, value) => sum + value, 0) / steps : step;
}
