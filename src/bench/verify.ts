/** Runs one variant once on poisoned outputs and says whether every checked element is within its bound. */
import { submitPass } from '../gpu/batch.js';
import { scoped } from '../gpu/errors.js';
import { effortOf } from '../gpu/pace.js';
import { Pass } from '../gpu/pass.js';
import type { Pipelines } from '../gpu/pipelines.js';
import { type Bound, runnerOn } from '../gpu/runner.js';
import type { RunnableKernel, Tunables } from '../kernel/kernel.js';
import type { Failed, Outcome, Unsupported, Wrong } from '../kernel/outcome.js';
import { type Patience, paceFor, partsFor, patienceWith, tooLong } from './patience.js';
import { type Check, type Problem, slack } from './problem.js';
import type { Accuracy, ColdCosts, Verification } from './results.js';

interface Checked {
  readonly verification: Verification;
  readonly accuracy?: Accuracy;
}

export type VerifyOutcome =
  | (Checked & { readonly status: 'ok'; readonly bound: Bound; readonly cold: ColdCosts })
  /** Right, but one dispatch is too long to be timed. Without cold costs: where it ran in parts, they were not its own. */
  | (Checked & { readonly status: 'too-long'; readonly reason: string; readonly cold?: ColdCosts })
  | (Wrong & { readonly verification: Verification; readonly cold?: ColdCosts })
  | Unsupported
  | Failed;

export interface VerifyOptions {
  /** Ends a long dispatch between two of its parts, with the failure `cancelled`. */
  readonly signal?: AbortSignal;
  /** What is long; by the kind of device where left out. */
  readonly patience?: Patience;
  /** Told how much of a dispatch that runs in parts is done, 0 … 1. */
  readonly onShare?: (share: number) => void;
}

/** What one verification goes by. */
interface Attempt {
  readonly device: GPUDevice;
  readonly pipelines: Pipelines;
  readonly kernel: RunnableKernel;
  readonly tunables: Tunables;
  readonly problem: Problem;
  readonly nowMs: () => number;
  readonly patience: Patience;
  readonly options: VerifyOptions;
}

/**
 * The caller destroys `bound` of an `ok` outcome. A dispatch that may be long is first run in parts, a few at a time, which
 * tells how long the whole would be: only if that is not too long it is run.
 */
export async function verifyVariant(
  device: GPUDevice,
  pipelines: Pipelines,
  kernel: RunnableKernel,
  tunables: Tunables,
  problem: Problem,
  nowMs: () => number,
  options: VerifyOptions = {},
): Promise<VerifyOutcome> {
  const patience = options.patience ?? patienceWith(pipelines.facts);
  const attempt = { device, pipelines, kernel, tunables, problem, nowMs, patience, options };
  return (await verifyInParts(attempt)) ?? verifyWhole(attempt);
}

async function verifyWhole(attempt: Attempt): Promise<VerifyOutcome> {
  const { problem, nowMs, patience } = attempt;
  const begin = nowMs();
  const bind = await bindIn(attempt);
  if (bind.status !== 'ok') return bind;
  const { bound } = bind;
  const compileNs = (nowMs() - begin) * 1e6;
  const run = await runOnce(attempt, bound);
  if (run.status !== 'ok') {
    bound.destroy();
    return run;
  }
  const { check, ns, longNs } = run;
  const cold = { compileNs, uploadNs: problem.uploadNs, firstNs: ns, readbackNs: check.readbackNs };
  const outcome = outcomeOf(check, longNs === undefined ? undefined : tooLong(longNs, patience), cold);
  if (outcome.status === 'right') return { ...outcome, status: 'ok', bound, cold };
  bound.destroy();
  return outcome;
}

/** @returns undefined where it is short enough to be run whole, or has nothing that could be cut. */
async function verifyInParts(attempt: Attempt): Promise<VerifyOutcome | undefined> {
  const { kernel, tunables, problem, patience } = attempt;
  const { operation, shape } = problem;
  const effort = effortOf(kernel.cost?.({ shape, tunables }) ?? operation.cost(shape));
  if (effort <= patience.whole) return undefined;
  const bind = await bindIn(attempt, partsFor(effort, patience));
  // Whole, it may be refused for another reason.
  if (bind.status !== 'ok') return undefined;
  const { bound } = bind;
  try {
    if (bound.parts.length === 1) return undefined;
    const run = await runParts(attempt, bound, effort / bound.parts.length);
    if (run.status !== 'ok') return run;
    if (run.ns <= patience.longestNs) return undefined;
    const checked = await scoped(attempt.device, `checking ${kernel.id}`, async () => ({
      check: await problem.check(),
    }));
    if (checked.status !== 'ok') return checked;
    const outcome = outcomeOf(checked.check, tooLong(run.ns, patience));
    return outcome.status === 'right' ? undefined : outcome;
  } finally {
    bound.destroy();
  }
}

/** @param long why it is given no time, where it is not. */
function outcomeOf(check: Check, long: string | undefined, cold?: ColdCosts) {
  const { right, verification, accuracy } = check;
  const costs = cold ? { cold } : {};
  if (!right) return { status: 'wrong', reason: `${verification.first}.`, verification, ...costs } as const;
  const checked = { verification, ...(accuracy ? { accuracy } : {}) };
  if (long !== undefined) return { status: 'too-long', reason: long, ...checked, ...costs } as const;
  return { status: 'right', ...checked } as const;
}

async function bindIn(
  { device, pipelines, kernel, tunables, problem }: Attempt,
  parts?: number,
): Promise<Outcome<{ readonly bound: Bound }>> {
  const options = parts === undefined ? { slack } : { slack, parts };
  return runnerOn(device, pipelines, kernel).bind({ shape: problem.shape, tunables }, problem.buffers, options);
}

/**
 * First dispatch from submit to done by the wall clock, then the check of what it wrote. The first may have had to wait for
 * the driver: one that seems too long is run again, and `longNs` is there if that is as well.
 */
function runOnce(
  { device, kernel, problem, nowMs, patience }: Attempt,
  bound: Bound,
): Promise<Outcome<{ readonly ns: number; readonly longNs?: number; readonly check: Check }>> {
  return scoped(device, `running ${kernel.id}`, async () => {
    problem.poisonOutputs();
    await device.queue.onSubmittedWorkDone();
    const ns = await submitWhole(device, bound, nowMs);
    const check = await problem.check();
    const againNs = ns > patience.longestNs && check.right ? await submitWhole(device, bound, nowMs) : 0;
    return { ns, check, ...(againNs > patience.longestNs ? { longNs: againNs } : {}) };
  });
}

async function submitWhole(device: GPUDevice, bound: Bound, nowMs: () => number): Promise<number> {
  const begin = nowMs();
  submitPass(device, bound.encode);
  await device.queue.onSubmittedWorkDone();
  return (nowMs() - begin) * 1e6;
}

/** The same in parts, of which no more lie before the device than it does in a moment. */
function runParts(
  { device, kernel, problem, nowMs, options: { signal, onShare } }: Attempt,
  { parts }: Bound,
  effort: number,
): Promise<Outcome<{ readonly ns: number }>> {
  return scoped(
    device,
    `running ${kernel.id}`,
    async () => {
      problem.poisonOutputs();
      await device.queue.onSubmittedWorkDone();
      const pass = new Pass(device, paceFor(effort));
      const begin = nowMs();
      for (const [i, part] of parts.entries()) {
        signal?.throwIfAborted();
        if (!pass.encode(part, effort)) continue;
        await pass.room(signal);
        onShare?.((i + 1) / parts.length);
      }
      pass.submit();
      await device.queue.onSubmittedWorkDone();
      return { ns: (nowMs() - begin) * 1e6 };
    },
    signal,
  );
}
