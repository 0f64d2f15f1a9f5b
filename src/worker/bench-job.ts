/** One comparison: every kernel verified first, then those that are right timed together, then checked again. */
import { compare } from '../bench/compare.js';
import { type Criterion, thoroughness } from '../bench/criterion.js';
import { type Measurement, measure } from '../bench/measure.js';
import { createProblem, type Problem } from '../bench/problem.js';
import type { Comparison, ResultRow } from '../bench/results.js';
import { verifyVariant } from '../bench/verify.js';
import { batchSubject } from '../gpu/batch.js';
import { scoped } from '../gpu/errors.js';
import { bufferBytes, refuseShape } from '../gpu/pipelines.js';
import { type Bound, runnerOn } from '../gpu/runner.js';
import { costOf, type Kernel, type Tunables } from '../kernel/kernel.js';
import type { Operation, Shape } from '../kernel/operation.js';
import { type Failed, failed, type Refusal } from '../kernel/outcome.js';
import type { BenchRequest } from './api.js';
import { type Context, explain } from './context.js';
import type { Rows } from './rows.js';

/** A request whose names and numbers have been checked. */
export interface BenchPlan {
  readonly request: BenchRequest;
  readonly operation: Operation;
  readonly shape: Shape;
  readonly kernels: readonly { readonly kernel: Kernel; readonly tunables: Tunables }[];
}

interface Candidate {
  readonly kernel: Kernel;
  readonly tunables: Tunables;
  readonly copies: readonly Bound[];
}

/** Nominal operations the reference may take before rows are sampled: about a second or ten on one core. */
const referenceBudget = { quick: 2 ** 29, careful: 2 ** 32, thorough: 2 ** 34 } as const;

/** Bytes that rotating buffers go through before one is used again: larger than the caches of today's GPUs. */
const coldBytes = 256 * 2 ** 20;
const mostCopies = 64;

/** Share of the progress bar for verification. */
const verifyShare = 0.35;

/** Fills `rows`; returns the comparisons, or why the job ended early. Never throws for a kernel's sake. */
export async function runBench(
  context: Context,
  plan: BenchPlan,
  rows: Rows,
  signal: AbortSignal,
): Promise<{ readonly comparisons: readonly Comparison[]; readonly ended?: Refusal }> {
  const { operation, shape, request } = plan;
  const tooLarge = refuseShape(operation, shape, context.device.facts);
  if (tooLarge) return { comparisons: [], ended: tooLarge };
  rows.report('prepare', `drawing inputs for ${operation.id}`, 0);
  const made = await prepare(context, plan);
  if (made.status !== 'ok') return { comparisons: [], ended: made };
  const { problem } = made;
  const candidates: Candidate[] = [];
  try {
    const verified = await verifyAll(context, plan, problem, rows, candidates, signal);
    if (verified) return { comparisons: [], ended: verified };
    const { measurements, ended } = await timeAll(context, plan, candidates, rows, signal);
    if (ended) return { comparisons: compareAll(request, shape, measurements), ended };
    const late = await checkAgain(context, candidates, problem, rows);
    if (late) return { comparisons: [], ended: late };
    const right = measurements.filter(({ id }) => rows.get(id)?.status === 'ok');
    return {
      comparisons: compareAll(request, shape, right),
      ...(signal.aborted ? { ended: cancelled() } : {}),
    };
  } finally {
    for (const bound of candidates.flatMap(({ copies }) => copies)) bound.destroy();
    problem.destroy();
  }
}

async function prepare(
  { device, host }: Context,
  { operation, shape, request }: BenchPlan,
): Promise<{ readonly status: 'ok'; readonly problem: Problem } | Refusal> {
  try {
    return await scoped(device.gpu, `making the buffers of ${operation.id}`, async () => ({
      problem: await createProblem(device.gpu, operation, shape, {
        seed: request.seed,
        distribution: request.distribution,
        referenceBudget: referenceBudget[request.thoroughness],
        nowMs: host.now,
      }),
    }));
  } catch (error) {
    return explain(device.gpu, `making the buffers of ${operation.id}`, error);
  }
}

async function verifyAll(
  context: Context,
  plan: BenchPlan,
  problem: Problem,
  rows: Rows,
  candidates: Candidate[],
  signal: AbortSignal,
): Promise<Failed | undefined> {
  const { device, pipelines, host } = context;
  for (const [i, { kernel, tunables }] of plan.kernels.entries()) {
    if (signal.aborted) return cancelled();
    rows.report('verify', `verifying ${kernel.id}`, (verifyShare * i) / plan.kernels.length);
    const outcome = await verifyVariant(device.gpu, pipelines, kernel, tunables, problem, host.now);
    rows.set(kernel.id, { ...blankRow(plan, kernel, tunables), ...withoutBound(outcome) });
    if (outcome.status === 'failed' && outcome.cause === 'device-lost') return outcome;
    if (outcome.status !== 'ok') continue;
    const extra = await bindCopies(context, plan, kernel, tunables, problem);
    if ('status' in extra) {
      outcome.bound.destroy();
      rows.set(kernel.id, { ...blankRow(plan, kernel, tunables), status: extra.status, reason: extra.reason });
      continue;
    }
    candidates.push({ kernel, tunables, copies: [outcome.bound, ...extra] });
  }
  return undefined;
}

/** With cold caches: the kernel bound to as many further copies of the buffers as make the caches useless. */
async function bindCopies(
  { device, pipelines }: Context,
  { request, operation, shape }: BenchPlan,
  kernel: Kernel,
  tunables: Tunables,
  problem: Problem,
): Promise<readonly Bound[] | Refusal> {
  if (request.cache === 'hot') return [];
  const bytes = [...bufferBytes(operation, shape).values()].reduce((sum, size) => sum + size, 0);
  const count = Math.min(mostCopies, Math.ceil(coldBytes / bytes));
  const runner = runnerOn(device.gpu, pipelines, kernel);
  const bound: Bound[] = [];
  for (const buffers of problem.copies(count)) {
    const outcome = await runner.bind({ shape, tunables }, buffers);
    if (outcome.status !== 'ok') {
      for (const earlier of bound) earlier.destroy();
      return outcome;
    }
    bound.push(outcome.bound);
  }
  return bound;
}

async function timeAll(
  context: Context,
  plan: BenchPlan,
  candidates: readonly Candidate[],
  rows: Rows,
  signal: AbortSignal,
): Promise<{ readonly measurements: readonly Measurement[]; readonly ended?: Failed }> {
  if (candidates.length === 0) return { measurements: [] };
  const { timer, timerFacts, host, probes, device } = context;
  const subjects = candidates.map(({ kernel, copies }) => batchSubject(timer, kernel.id, copies));
  const baseline = candidates.findIndex(({ kernel }) => kernel.id === plan.request.baseline);
  const { measurements } = await measure(subjects, {
    timer: timerFacts,
    criterion: criterionFor(plan.request, subjects.length),
    seed: plan.request.seed,
    host,
    canary: probes.arithmetic,
    signal,
    baseline: Math.max(0, baseline),
    onProgress: ({ phase, subject, fraction, secondsLeft }) => {
      const text = phase === 'paused' ? 'paused while the tab is hidden' : subject ? `warming up ${subject}` : 'timing';
      rows.report('time', text, verifyShare + (1 - verifyShare) * fraction, secondsLeft);
    },
  });
  for (const measurement of measurements) enter(plan, measurement, rows);
  const broken = measurements.find((measurement) => measurement.status === 'failed');
  if (broken?.status === 'failed') {
    const outcome = await explain(device.gpu, `timing ${broken.id}`, broken.error);
    const row = rows.get(broken.id)!;
    rows.set(broken.id, { ...row, status: 'failed', reason: outcome.reason });
    if (outcome.cause === 'device-lost') return { measurements, ended: outcome };
  }
  return { measurements };
}

function criterionFor({ thoroughness: level, budgetSeconds }: BenchRequest, subjects: number): Criterion {
  const preset = thoroughness[level];
  if (budgetSeconds === undefined) return preset;
  const seconds = budgetSeconds / subjects;
  return { ...preset, seconds, warmupSeconds: Math.min(preset.warmupSeconds, seconds / 4) };
}

function enter(plan: BenchPlan, measurement: Measurement, rows: Rows): void {
  const row = rows.get(measurement.id);
  if (!row) return;
  if (measurement.status === 'unresolved') rows.set(row.kernel, { ...row, reason: measurement.reason });
  if (measurement.status !== 'ok') return;
  const { timing } = measurement;
  const { kernel, tunables } = plan.kernels.find((choice) => choice.kernel.id === measurement.id)!;
  const cost = costOf(kernel, { shape: plan.shape, tunables });
  const perSecond = 1e9 / timing.meanNs;
  const rates = { flopPerS: cost.nominal * perSecond, bytePerS: (cost.bytesRead + cost.bytesWritten) * perSecond };
  rows.set(row.kernel, { ...row, time: timing, rates });
}

/** Poisons the outputs, runs one more batch as it was timed, and checks what it wrote: no time for work not done. */
async function checkAgain(
  { device, timer }: Context,
  candidates: readonly Candidate[],
  problem: Problem,
  rows: Rows,
): Promise<Failed | undefined> {
  for (const { kernel, copies } of candidates) {
    const row = rows.get(kernel.id)!;
    if (!row.time) continue;
    const dispatches = Math.ceil(row.time.dispatchesPerSample / copies.length) * copies.length;
    const outcome = await scoped(device.gpu, `checking ${kernel.id} after timing`, async () => {
      problem.poisonOutputs();
      await batchSubject(timer, kernel.id, copies).run(dispatches);
      return problem.check();
    });
    if (outcome.status === 'unsupported') continue;
    if (outcome.status === 'failed') {
      rows.set(kernel.id, { ...untimed(row), status: 'failed', reason: outcome.reason });
      if (outcome.cause === 'device-lost') return outcome;
    } else if (!outcome.right) {
      const reason = `Right when run once, wrong after a timed batch: ${outcome.verification.first}.`;
      rows.set(kernel.id, { ...untimed(row), status: 'wrong', reason, verification: outcome.verification });
    }
  }
  return undefined;
}

/** Every kernel against the baseline. */
function compareAll(
  { baseline }: BenchRequest,
  shape: Shape,
  measurements: readonly Measurement[],
): readonly Comparison[] {
  const timed = measurements.filter((measurement) => measurement.status === 'ok');
  const against = timed.find(({ id }) => id === baseline) ?? timed[0];
  return timed.flatMap((measurement) => {
    const compared = against && measurement !== against && compare(measurement, against);
    if (!compared) return [];
    const { ratio, ci95, verdict, pairs } = compared;
    return [{ a: measurement.id, b: against.id, shape, ratio, ci95: [...ci95], verdict, pairs }];
  });
}

export function blankRow(plan: Pick<BenchPlan, 'operation' | 'shape' | 'request'>, kernel: Kernel, tunables: Tunables) {
  const { operation, shape, request } = plan;
  return { kernel: kernel.id, operation: operation.id, shape, tunables, cache: request.cache };
}

type VerifyOutcome = Awaited<ReturnType<typeof verifyVariant>>;

/** What of an outcome belongs in a row. */
export function withoutBound(outcome: VerifyOutcome): Pick<ResultRow, 'status' | 'reason' | 'verification' | 'cold'> {
  switch (outcome.status) {
    case 'ok':
      return { status: 'ok', verification: outcome.verification, cold: outcome.cold };
    case 'wrong':
      return { status: 'wrong', reason: outcome.reason, verification: outcome.verification, cold: outcome.cold };
    default:
      return { status: outcome.status, reason: outcome.reason };
  }
}

function untimed({ time, rates, ...row }: ResultRow): ResultRow {
  return row;
}

export function cancelled(): Failed {
  return failed('cancelled', 'Cancelled. What was finished is kept.');
}
