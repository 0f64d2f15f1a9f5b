/** T2: fits a model to a power log taken while at least twelve kernels ran, and says how well it predicts one it has not seen. */
import { mean, median } from 'simple-statistics';
import type { OperationKind } from '../../kernel/operation.js';
import { type EnergyKind, type EnergyModel, energyKinds, exactly, kindOf, within } from './model.js';
import { kindFactors } from './modelled.js';
import { nonNegativeLeastSquares } from './nnls.js';
import { joulesBetween, type PowerLog } from './power-log.js';
import { type LoadRun, secondsOf } from './runs.js';

/** Fewer kernels than this leave too little to check the fit by. */
export const leastKernels = 12;

/** Readings that a run needs for its energy to mean anything. */
const leastReadings = 3;

export interface Fitted {
  readonly model: EnergyModel;
  /** Relative errors of each run predicted by a model fitted to all the others. */
  readonly leaveOneOut: { readonly median: number; readonly mean: number; readonly worst: number };
  /** Share of pairs of runs, more than 15 % apart in power, whose order the left-out predictions keep. */
  readonly pairwiseOrder: number;
  readonly runs: number;
  readonly notes: readonly string[];
}

export type FitOutcome =
  | ({ readonly status: 'ok' } & Fitted)
  | { readonly status: 'refused'; readonly refusal: string };

/** What a run used, per second: 1 for the time itself, then operations by kind, then bytes. */
const features = ['idle', ...energyKinds, 'bytes'] as const;

interface Observation {
  readonly kernel: string;
  readonly amounts: readonly number[];
  readonly watts: number;
}

export function fitToLog(runs: readonly LoadRun[], log: PowerLog): FitOutcome {
  const { observations, notes, refusal } = align(runs, log);
  if (refusal !== undefined) return { status: 'refused', refusal };
  const kernels = new Set(observations.map(({ kernel }) => kernel)).size;
  if (kernels < leastKernels) {
    return {
      status: 'refused',
      refusal: `The log covers ${kernels} kernels, and a fit that can be checked needs ${leastKernels}: record more.`,
    };
  }
  const coefficients = solve(observations);
  const left = observations.map((held, i) => {
    const others = solve(observations.filter((_, j) => j !== i));
    return dot(held.amounts, others);
  });
  const errors = observations.map(({ watts }, i) => Math.abs(left[i]! - watts) / watts);
  const leaveOneOut = { median: median(errors), mean: mean(errors), worst: Math.max(...errors) };
  return {
    status: 'ok',
    model: modelFrom(coefficients, leaveOneOut.mean, log, observations),
    leaveOneOut,
    pairwiseOrder: orderKept(observations, left),
    runs: observations.length,
    notes,
  };
}

function align(runs: readonly LoadRun[], { samples }: PowerLog) {
  const [first, last] = [samples[0]!.ms, samples.at(-1)!.ms];
  const notes: string[] = [];
  const overlapping = runs.filter(({ startMs, endMs }) => endMs > first && startMs < last);
  if (overlapping.length === 0) {
    const spans = `The log runs from ${clock(first)} to ${clock(last)}, the kernels from ${clock(Math.min(...runs.map(({ startMs }) => startMs)))} to ${clock(Math.max(...runs.map(({ endMs }) => endMs)))}`;
    return {
      observations: [],
      notes,
      refusal: `${spans}: they do not overlap. Log while the kernels are recorded.`,
    };
  }
  const observations = runs.flatMap((run): Observation[] => {
    const readings = samples.filter(({ ms }) => ms >= run.startMs && ms <= run.endMs).length;
    const joules = joulesBetween(samples, run.startMs, run.endMs);
    if (joules === undefined || readings < leastReadings) {
      notes.push(
        `${run.kernel} is left out: ${readings} readings fall into its run, and ${leastReadings} that span it are needed.`,
      );
      return [];
    }
    return [{ kernel: run.kernel, amounts: amountsOf(run), watts: joules / secondsOf(run) }];
  });
  return { observations, notes, refusal: undefined };
}

function clock(ms: number): string {
  return new Date(ms).toISOString();
}

function amountsOf(run: LoadRun): readonly number[] {
  const perSecond = run.dispatches / secondsOf(run);
  const byKind = new Map<EnergyKind, number>();
  for (const [kind, count] of Object.entries(run.cost.operations)) {
    const group = kindOf[kind as OperationKind];
    if (group) byKind.set(group, (byKind.get(group) ?? 0) + count * perSecond);
  }
  const bytes = (run.cost.bytesRead + run.cost.bytesWritten) * perSecond;
  return [1, ...energyKinds.map((kind) => byKind.get(kind) ?? 0), bytes];
}

/** Relative residuals count, so a kernel of few watts weighs as much as one of many. */
function solve(observations: readonly Observation[]): readonly number[] {
  const rows = observations.map(({ amounts, watts }) => amounts.map((amount) => amount / watts));
  return nonNegativeLeastSquares(
    rows,
    observations.map(() => 1),
  );
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function orderKept(observations: readonly Observation[], predicted: readonly number[]): number {
  let [kept, all] = [0, 0];
  for (const [i, a] of observations.entries()) {
    for (const [j, b] of observations.entries()) {
      if (j <= i || Math.abs(a.watts - b.watts) <= 0.15 * Math.max(a.watts, b.watts)) continue;
      all++;
      if (a.watts < b.watts === predicted[i]! < predicted[j]!) kept++;
    }
  }
  return all === 0 ? 1 : kept / all;
}

/** No fit is trusted below a tenth: input data alone change a kernel's power by more than the readings scatter. */
const leastShare = 0.1;

function modelFrom(
  coefficients: readonly number[],
  error: number,
  log: PowerLog,
  observations: readonly Observation[],
): EnergyModel {
  const share = Math.min(1, Math.max(leastShare, error));
  const of = (name: (typeof features)[number]) => within(coefficients[features.indexOf(name)]!, share);
  const fma = of('fma32');
  // A kind that no kernel used has no coefficient; the multiply-add's stands in, with the factor and width of a guess.
  const used = (kind: EnergyKind) => observations.some(({ amounts }) => amounts[features.indexOf(kind)]! > 0);
  const perKind = (kind: EnergyKind) => {
    if (used(kind)) return of(kind);
    const { low, mid, high } = kindFactors[kind];
    return { low: low * fma.low, mid: mid * fma.mid, high: high * fma.high };
  };
  const bytes = of('bytes');
  return {
    tier: 'measured',
    source: `${log.format} log`,
    idleWatts: of('idle'),
    limitWatts: exactly(1.3 * Math.max(...observations.map(({ watts }) => watts))),
    perOperation: {
      fma32: fma,
      fma16: perKind('fma16'),
      dot4: perKind('dot4'),
      int: perKind('int'),
      sfu: perKind('sfu'),
    },
    perMemoryByte: bytes,
    perCacheByte: bytes,
    cacheBytes: { low: 0, high: 0 },
  };
}
