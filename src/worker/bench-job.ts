/** One comparison: every kernel verified first, then those that are right timed together, then checked again. */
import { createProblem, type Problem } from '../bench/problem.js';
import type { Comparison, ResultRow } from '../bench/results.js';
import { verifyVariant } from '../bench/verify.js';
import { cancelled, scoped } from '../gpu/errors.js';
import { bufferBytes, refuseShape } from '../gpu/pipelines.js';
import { type Bound, runnerOn } from '../gpu/runner.js';
import type { Failed, Outcome, Refusal } from '../kernel/outcome.js';
import type { Context } from './context.js';
import type { BenchPlan, Entry } from './plan.js';
import type { Rows } from './rows.js';
import { type Candidate, checkAgain, timeAll, verifyShare } from './timing-phase.js';

export interface JobEnd {
  readonly comparisons?: readonly Comparison[];
  /** Why the job ended early; its rows are kept. */
  readonly ended?: Refusal;
}

/** Nominal operations the reference may take before rows are sampled: about 3, 6 or 25 s on one core. */
const referenceBudget = { quick: 2 ** 31, careful: 2 ** 32, thorough: 2 ** 34 } as const;

/** Bytes that rotating buffers go through before one is used again: larger than the caches of today's GPUs. */
const coldBytes = 256 * 2 ** 20;
const mostCopies = 64;

/** What one job holds on the GPU until it ends. */
interface Holdings {
  readonly problems: Map<string, Problem>;
  readonly candidates: Candidate[];
}

/** Fills `rows`. Never throws for a kernel's sake: what a kernel does wrong ends up in its row. */
export async function runBench(context: Context, plan: BenchPlan, rows: Rows, signal: AbortSignal): Promise<JobEnd> {
  const holdings: Holdings = { problems: new Map(), candidates: [] };
  const { candidates } = holdings;
  const { withinSeconds } = plan.request;
  const endMs = withinSeconds === undefined ? undefined : context.host.now() + 1000 * withinSeconds;
  try {
    const early = await verifyAll(context, plan, holdings, rows, signal);
    if (early) return { ended: early };
    const { comparisons, ended } = await timeAll(context, { ...plan, endMs }, candidates, rows, signal);
    if (ended) return { comparisons, ended };
    const late = await checkAgain(context, candidates, rows);
    if (late) return { ended: late };
    const right = comparisons.filter(({ a, b }) => [a, b].every((kernel) => isRight(rows, plan, kernel)));
    return { comparisons: right, ...(signal.aborted ? { ended: cancelled() } : {}) };
  } finally {
    for (const bound of candidates.flatMap(({ copies }) => copies)) bound.destroy();
    for (const problem of holdings.problems.values()) problem.destroy();
  }
}

function isRight(rows: Rows, { entries }: BenchPlan, kernel: string): boolean {
  return entries.some(({ key, kernel: { id } }) => id === kernel && rows.get(key)?.status === 'ok');
}

async function verifyAll(
  context: Context,
  plan: BenchPlan,
  holdings: Holdings,
  rows: Rows,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  for (const [i, entry] of plan.entries.entries()) {
    if (signal.aborted) return cancelled();
    const report = (share: number, text = ''): void =>
      rows.report('verify', `verifying ${entry.kernel.id}${text}`, (verifyShare * (i + share)) / plan.entries.length);
    report(0);
    const early = await verifyEntry(context, plan, entry, holdings, rows, { signal, report });
    if (early) return early;
  }
  return undefined;
}

/** How a job hears of a cancelling, and tells how far one kernel has come. */
interface Watch {
  readonly signal: AbortSignal;
  readonly report: (share: number, text?: string) => void;
}

/** @returns why the whole job must end, where it must. */
async function verifyEntry(
  context: Context,
  plan: BenchPlan,
  entry: Entry,
  holdings: Holdings,
  rows: Rows,
  { signal, report }: Watch,
): Promise<Failed | undefined> {
  const { device, pipelines, host } = context;
  const { key, kernel, tunables } = entry;
  const made = await problemFor(context, plan, entry, holdings.problems, signal);
  if (made.status !== 'ok') {
    const ending = endOf(made);
    const { status, reason } = made;
    if (ending?.cause !== 'cancelled') rows.set(key, { ...blankRow(plan, entry), status, reason });
    return ending;
  }
  const { problem } = made;
  const begin = host.now();
  const outcome = await verifyVariant(device.gpu, pipelines, kernel, tunables, problem, host.now, {
    signal,
    onShare: (share) => report(share, `, ${5 * Math.floor(20 * share)} % of one long dispatch`),
  });
  const ending = endOf(outcome);
  // Of a kernel whose run was cancelled nothing is known.
  if (ending?.cause !== 'cancelled') rows.set(key, { ...blankRow(plan, entry), ...withoutBound(outcome) });
  if (outcome.status !== 'ok') return ending;
  const checkMs = host.now() - begin - outcome.cold.compileNs / 1e6;
  const extra = await bindCopies(context, plan, entry, problem);
  if ('status' in extra) {
    outcome.bound.destroy();
    rows.set(key, { ...blankRow(plan, entry), status: extra.status, reason: extra.reason });
    return undefined;
  }
  holdings.candidates.push({ entry, problem, copies: [outcome.bound, ...extra], checkMs });
  return undefined;
}

/** The outcome, where it ends not only a kernel but a job: the device is lost, or nothing more is wanted. */
export function endOf(outcome: { readonly status: string } | Failed): Failed | undefined {
  if (!('cause' in outcome)) return undefined;
  return outcome.cause === 'device-lost' || outcome.cause === 'cancelled' ? outcome : undefined;
}

/** Kernels of one operation at one shape share inputs, buffers and answer. */
async function problemFor(
  { device, host }: Context,
  { request }: BenchPlan,
  { kernel, shape }: Entry,
  problems: Map<string, Problem>,
  signal: AbortSignal,
): Promise<Outcome<{ readonly problem: Problem }>> {
  const operation = kernel.computes;
  const key = JSON.stringify([operation.id, shape]);
  const known = problems.get(key);
  if (known) return { status: 'ok', problem: known };
  const tooLarge = refuseShape(operation, shape, device.facts);
  if (tooLarge) return tooLarge;
  const what = `making the buffers of ${operation.id}`;
  const made = await scoped(
    device.gpu,
    what,
    async () => ({
      problem: await createProblem(device.gpu, operation, shape, {
        seed: request.seed,
        distribution: request.distribution,
        referenceBudget: referenceBudget[request.thoroughness],
        nowMs: host.now,
        signal,
      }),
    }),
    signal,
  );
  if (made.status === 'ok') problems.set(key, made.problem);
  return made;
}

/** With cold caches: the kernel bound to as many further copies of the buffers as make the caches useless. */
async function bindCopies(
  { device, pipelines }: Context,
  { request }: BenchPlan,
  { kernel, tunables, shape }: Entry,
  problem: Problem,
): Promise<readonly Bound[] | Refusal> {
  if (request.cache === 'hot') return [];
  const bytes = [...bufferBytes(kernel.computes, shape).values()].reduce((sum, size) => sum + size, 0);
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

function blankRow({ request, at }: BenchPlan, { kernel, shape, tunables }: Entry) {
  return {
    kernel: kernel.id,
    operation: kernel.computes.id,
    shape,
    tunables,
    cache: request.cache,
    ...(at === undefined ? {} : { at }),
  };
}

type VerifyOutcome = Awaited<ReturnType<typeof verifyVariant>>;

/** What of an outcome belongs in a row. */
export function withoutBound(
  outcome: VerifyOutcome,
): Pick<ResultRow, 'status' | 'reason' | 'verification' | 'accuracy' | 'cold'> {
  switch (outcome.status) {
    case 'ok': {
      const { verification, accuracy, cold } = outcome;
      return { status: 'ok', verification, cold, ...(accuracy ? { accuracy } : {}) };
    }
    case 'too-long': {
      const { reason, verification, accuracy, cold } = outcome;
      return { status: 'ok', reason, verification, ...(accuracy ? { accuracy } : {}), ...(cold ? { cold } : {}) };
    }
    case 'wrong': {
      const { status, reason, verification, cold } = outcome;
      return { status, reason, verification, ...(cold ? { cold } : {}) };
    }
    default:
      return { status: outcome.status, reason: outcome.reason };
  }
}
