/** Runs one variant once on poisoned outputs and says whether every checked element is within its bound. */
import { submitPass } from '../gpu/batch.js';
import { scoped } from '../gpu/errors.js';
import type { Pipelines } from '../gpu/pipelines.js';
import { type Bound, runnerOn } from '../gpu/runner.js';
import type { RunnableKernel, Tunables } from '../kernel/kernel.js';
import type { Failed, Outcome, Unsupported, Wrong } from '../kernel/outcome.js';
import { type Problem, slack } from './problem.js';
import type { Accuracy, ColdCosts, Verification } from './results.js';

export interface Verified {
  readonly bound: Bound;
  readonly verification: Verification;
  readonly accuracy?: Accuracy;
  readonly cold: ColdCosts;
}

export type VerifyOutcome =
  | ({ readonly status: 'ok' } & Verified)
  | (Wrong & { readonly verification: Verification; readonly cold: ColdCosts })
  | Unsupported
  | Failed;

/** The caller destroys `bound` of an `ok` outcome. */
export async function verifyVariant(
  device: GPUDevice,
  pipelines: Pipelines,
  kernel: RunnableKernel,
  tunables: Tunables,
  problem: Problem,
  nowMs: () => number,
): Promise<VerifyOutcome> {
  const begin = nowMs();
  const bind = await runnerOn(device, pipelines, kernel).bind({ shape: problem.shape, tunables }, problem.buffers, {
    slack,
  });
  if (bind.status !== 'ok') return bind;
  const compileNs = (nowMs() - begin) * 1e6;
  const run = await runOnce(device, kernel, bind.bound, problem, nowMs);
  if (run.status !== 'ok') {
    bind.bound.destroy();
    return run;
  }
  const { right, verification, accuracy, readbackNs } = run.check;
  const cold = { compileNs, uploadNs: problem.uploadNs, firstNs: run.firstNs, readbackNs };
  if (right) return { status: 'ok', bound: bind.bound, verification, cold, ...(accuracy ? { accuracy } : {}) };
  bind.bound.destroy();
  return { status: 'wrong', reason: `${verification.first}.`, verification, cold };
}

/** First dispatch from submit to done by the wall clock, then the check of what it wrote. */
function runOnce(
  device: GPUDevice,
  kernel: RunnableKernel,
  bound: Bound,
  problem: Problem,
  nowMs: () => number,
): Promise<Outcome<{ readonly firstNs: number; readonly check: Awaited<ReturnType<Problem['check']>> }>> {
  return scoped(device, `running ${kernel.id}`, async () => {
    problem.poisonOutputs();
    await device.queue.onSubmittedWorkDone();
    const begin = nowMs();
    submitPass(device, bound.encode);
    await device.queue.onSubmittedWorkDone();
    const firstNs = (nowMs() - begin) * 1e6;
    return { firstNs, check: await problem.check() };
  });
}
