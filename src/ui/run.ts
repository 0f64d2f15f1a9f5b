/** One run of a comparison as the page holds it: running, ended, or ended early with what it has. */
import type { Comparison, ResultRow, Results, Verdict } from '../bench/results.js';
import type { FailureCause } from '../kernel/outcome.js';
import type { BenchRequest, JobOutcome, OperationCard, Progress, RungSoFar } from '../worker/api.js';
import type { TunedUse } from './known.js';
import { shortName } from './settings.js';

export interface Run extends Job {
  readonly request: BenchRequest;
  /** By kernel: the tuned values it ran with, or why it could not. */
  readonly tuned?: Readonly<Record<string, TunedUse>>;
}

/** What every job of the page has: a comparison, a sweep, the laboratory's timing. */
export interface Job {
  /** The query of the settings it was made with. */
  readonly key: string;
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  readonly cancelling?: boolean;
  readonly startedAt: number;
  readonly progress?: Progress;
  readonly rows: readonly ResultRow[];
  readonly comparisons: readonly Comparison[];
  /** The whole record, once the run has ended; what is exported and kept. */
  readonly results?: Results;
  /** Why it failed. */
  readonly reason?: string;
  readonly cause?: FailureCause;
}

/** How a job ended. What the worker refused before it began (a size too large for the device) is a failure to the page. */
export function endOf(outcome: JobOutcome): Pick<Job, 'state' | 'reason' | 'cause'> {
  if (outcome.status === 'ok') return { state: 'done' };
  if (outcome.status !== 'failed') return { state: 'failed', reason: outcome.reason };
  const { cause, reason } = outcome;
  return { state: cause === 'cancelled' ? 'cancelled' : 'failed', reason, cause };
}

export interface AgainstBaseline {
  readonly verdict: Verdict;
  /** Time of the baseline over time of the kernel: above 1, the kernel is faster. */
  readonly ratio: number;
  readonly ci95: readonly [number, number];
  readonly pairs: number;
}

/** One rung of the ladder as chart and table show it. */
export interface Rung {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** Absent while it waits for its turn. */
  readonly row?: ResultRow;
  /** While it is being timed. */
  readonly soFar?: RungSoFar;
  readonly isBaseline: boolean;
  readonly against?: AgainstBaseline;
  readonly tuned?: TunedUse;
}

/** The requested kernels in the order of the ladder, each with its row and its verdict against the baseline. */
export function rungsOf(run: Run, card: OperationCard | undefined): readonly Rung[] {
  const baseline = baselineOf(run);
  return ladderOrder(run, card).map((id) => {
    const row = run.rows.find((candidate) => candidate.kernel === id);
    const soFar = row?.time ? undefined : run.progress?.soFar?.find(({ kernel }) => kernel === id);
    const tuned = run.tuned?.[id];
    const against = baseline && baseline !== id ? verdictAgainst(run.comparisons, id, baseline) : undefined;
    return {
      id,
      name: shortName(id),
      title: card?.kernels.find((kernel) => kernel.id === id)?.title ?? id,
      ...(row && { row }),
      ...(soFar && { soFar }),
      isBaseline: id === baseline,
      ...(against && { against }),
      ...(tuned && { tuned }),
    };
  });
}

function ladderOrder(run: Run, card: OperationCard | undefined): readonly string[] {
  const asked = new Set([...run.request.kernels.map((kernel) => kernel.id), ...run.rows.map((row) => row.kernel)]);
  const ordered = (card?.kernels ?? []).map((kernel) => kernel.id).filter((id) => asked.has(id));
  return [...ordered, ...[...asked].filter((id) => !ordered.includes(id))];
}

/** The kernel the others were compared with: the first comparison's, else the one asked for. */
export function baselineOf(run: Run): string | undefined {
  const shared = run.comparisons[0]?.b;
  if (shared !== undefined) return shared;
  const asked = run.request.baseline;
  if (asked !== undefined && run.rows.some((row) => row.kernel === asked && row.time)) return asked;
  return undefined;
}

const opposite = { faster: 'slower', slower: 'faster', same: 'same', undecided: 'undecided' } as const;

/** How the first kernel compares with the second, where the two were compared. */
export function verdictAgainst(
  comparisons: readonly Comparison[],
  id: string,
  baseline: string,
): AgainstBaseline | undefined {
  for (const { a, b, ratio, ci95, verdict, pairs } of comparisons) {
    if (a === id && b === baseline) return { verdict, ratio, ci95, pairs };
    if (a === baseline && b === id) {
      return { verdict: opposite[verdict], ratio: 1 / ratio, ci95: [1 / ci95[1], 1 / ci95[0]], pairs };
    }
  }
  return undefined;
}

/** Kernels of a run that have no answer yet: never reached, or stopped by what ended the run. */
export function remainingKernels(run: Run): BenchRequest['kernels'] {
  const answered = new Set(run.rows.filter((row) => isAnswer(row)).map((row) => row.kernel));
  return run.request.kernels.filter((kernel) => !answered.has(kernel.id));
}

/** The remaining kernels, and the baseline again: a verdict needs both measured in turns. */
export function kernelsToResume(run: Run): BenchRequest['kernels'] {
  const remaining = remainingKernels(run);
  const baseline = baselineOf(run) ?? run.rows.find((row) => row.time)?.kernel;
  if (remaining.length === 0) return remaining;
  return run.request.kernels.filter((kernel) => kernel.id === baseline || remaining.includes(kernel));
}

/** Whether a row says all there is to say of its kernel: timed, unsupported or wrong. */
export function isAnswer(row: ResultRow): boolean {
  if (row.status === 'failed') return false;
  return row.status !== 'ok' || row.time !== undefined;
}

/** Puts what a resumed run found beside what was already known; a newer row replaces an older one. */
export function mergeRows(before: readonly ResultRow[], after: readonly ResultRow[]): readonly ResultRow[] {
  const fresh = new Set(after.map((row) => row.kernel));
  return [...before.filter((row) => !fresh.has(row.kernel)), ...after];
}
