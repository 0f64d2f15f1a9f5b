/** Measures the timer itself, before anything is measured with it: its step, and what a batch, a dispatch, a readback cost. */
import { mean, median } from 'simple-statistics';
import type { Host } from './host.js';
import type { TimerFacts } from './results.js';
import { withinFences } from './statistics.js';
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

/** Readings that make a step or a cost certain enough; fewer where time is up. */
const enoughReadings = 64;
const readbacks = 8;
const mostDispatches = 16_384;

export async function calibrateTimer(options: CalibrationOptions): Promise<TimerFacts> {
  const { kind, empty, host, seconds = 0.6 } = options;
  const start = host.now();
  const until = (share: number) => start + 1000 * seconds * share;
  await empty.run(1);
  const quantumNs = await measureQuantum(empty, host, until(0.4));
  const { launchNs, overheadNs } = await measureCosts(empty, quantumNs, host, until(0.8));
  const readbackNs = options.readback && (await readbackCost(options.readback, host, until(1)));
  return { kind, quantumNs, overheadNs, launchNs, ...(readbackNs !== undefined && { readbackNs }) };
}

/** From batches of many lengths: a coarse clock shows few different readings, and only their differences tell its step. */
async function measureQuantum(empty: Subject, host: Host, end: number): Promise<number> {
  const shortest = await longEnough(empty, 1, host, end);
  const readings: number[] = [];
  for (let i = 0; i < enoughReadings && (i < 3 || host.now() < end); i++) {
    readings.push(await empty.run(shortest + Math.ceil((shortest * (i % 16)) / 4)));
  }
  return findQuantum(readings);
}

/** One dispatch against a batch of many: the slope is what a dispatch costs, the rest is what a batch costs. */
async function measureCosts(empty: Subject, quantumNs: number, host: Host, end: number) {
  const first = Math.max(0, await empty.run(1));
  const dispatches = Math.max(2, await longEnough(empty, Math.max(2 * first, 20 * quantumNs), host, end));
  const single: number[] = [];
  const many: number[] = [];
  for (let i = 0; i < enoughReadings && (i < 3 || host.now() < end); i++) {
    single.push(await empty.run(1));
    many.push(await empty.run(dispatches));
  }
  const one = undisturbedMean(single, quantumNs);
  const launchNs = Math.max(0, (undisturbedMean(many, quantumNs) - one) / (dispatches - 1));
  return { launchNs, overheadNs: Math.max(0, one - launchNs) };
}

/** Mean of the readings that no other program interrupted. */
function undisturbedMean(readings: readonly number[], quantumNs: number): number {
  return mean(withinFences(readings, 4 * quantumNs).map((i) => readings[i]!));
}

/** Doubles the dispatches until a batch reads at least `ns`. */
async function longEnough(empty: Subject, ns: number, host: Host, end: number): Promise<number> {
  let dispatches = 1;
  while (2 * dispatches <= mostDispatches && host.now() < end && (await empty.run(dispatches)) < ns) dispatches *= 2;
  return dispatches;
}

async function readbackCost(readback: () => Promise<number>, host: Host, end: number): Promise<number> {
  const readings: number[] = [];
  for (let i = 0; i < readbacks && (i < 2 || host.now() < end); i++) readings.push(await readback());
  return median(readings);
}

/**
 * The step of the clock: the largest value of which nearly all differences between readings are multiples.
 * Where there is none, the clock has no visible step, and what remains is the greatest common divisor in whole ns, mostly
 * 1. Times are in whole ns; a step need not be (83⅓ ns on some GPUs), hence the tolerance. 0 where all readings are equal.
 */
export function findQuantum(readings: readonly number[]): number {
  const values = recurring(readings);
  const differences = values
    .slice(1)
    .map((value, i) => value - values[i]!)
    .filter((value) => value > 0.5);
  if (differences.length === 0) return 0;
  const smallest = Math.min(...differences);
  for (let divisor = 1; divisor <= 4; divisor++) {
    const candidate = refine(refine(smallest / divisor, differences, 4), differences, 16);
    if (explains(candidate, differences)) return candidate;
  }
  return differences.map(Math.round).reduce(greatestCommonDivisor);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Distinct readings, ascending; where the clock is so coarse that most recur, only those that do. */
function recurring(readings: readonly number[]): readonly number[] {
  const counts = new Map<number, number>();
  for (const reading of readings) counts.set(reading, (counts.get(reading) ?? 0) + 1);
  const distinct = [...counts.keys()].sort((x, y) => x - y);
  const repeated = distinct.filter((reading) => counts.get(reading)! > 1);
  return repeated.length > 1 && 4 * distinct.length <= readings.length ? repeated : distinct;
}

function explains(step: number, differences: readonly number[]): boolean {
  const near = differences.filter(
    (value) => Math.abs(value - step * Math.round(value / step)) <= Math.max(1, 0.01 * step),
  );
  // A step of few ns explains anything within the tolerance of 1 ns.
  return step > 8 && near.length >= 0.9 * differences.length;
}

/** The step that fits best the differences of at most `reach` steps; farther ones may be off by a whole step yet. */
function refine(step: number, differences: readonly number[], reach: number): number {
  const near = differences.filter((value) => value < (reach + 0.5) * step);
  const steps = near.reduce((sum, value) => sum + Math.round(value / step), 0);
  return near.reduce((sum, value) => sum + value, 0) / steps;
}
