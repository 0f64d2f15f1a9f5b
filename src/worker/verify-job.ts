/** Verification alone: every case of every kernel asked for, with its defaults, and on request each value of each tunable. */
import { createProblem } from '../bench/problem.js';
import { verifyVariant } from '../bench/verify.js';
import { cancelled, scoped } from '../gpu/errors.js';
import { refuseShape } from '../gpu/pipelines.js';
import type { Kernel, Tunables } from '../kernel/kernel.js';
import type { Shape } from '../kernel/operation.js';
import type { Refusal } from '../kernel/outcome.js';
import { defaultTunables, variations } from '../kernel/tunables.js';
import { endOf, withoutBound } from './bench-job.js';
import type { Context } from './context.js';
import type { VerifyPlan } from './plan.js';
import type { Rows } from './rows.js';

interface Check {
  readonly kernel: Kernel;
  readonly tunables: Tunables;
  readonly shape: Shape;
}

export async function runVerify(
  context: Context,
  plan: VerifyPlan,
  rows: Rows,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const checks = plan.kernels.flatMap((choice) => checksOf(choice, plan.request.everyTunable ?? false));
  for (const [i, check] of checks.entries()) {
    if (signal.aborted) return cancelled();
    rows.report('verify', `verifying ${check.kernel.id}`, i / checks.length);
    const outcome = await verifyOne(context, check, plan.request.seed, signal);
    if (outcome.status === 'ok') outcome.bound.destroy();
    const ending = endOf(outcome);
    if (ending?.cause === 'cancelled') return ending;
    const { kernel, tunables, shape } = check;
    const { reason, ...known } = withoutBound(outcome);
    const row = { kernel: kernel.id, operation: kernel.computes.id, shape, tunables, ...known };
    // Nothing is timed here, so that no dispatch is too long.
    const because = outcome.status === 'too-long' || reason === undefined ? {} : { reason };
    rows.set(JSON.stringify([kernel.id, shape, tunables]), { ...row, ...because });
    if (ending) return ending;
  }
  return undefined;
}

function checksOf({ kernel, tunables, shapes }: VerifyPlan['kernels'][number], everyTunable: boolean): Check[] {
  const plain = shapes.map((shape) => ({ kernel, tunables, shape }));
  if (!everyTunable) return plain;
  const shape = shapes[1] ?? shapes[0]!;
  return [
    ...plain,
    ...variations(kernel, defaultTunables(kernel)).map((other) => ({ kernel, tunables: other, shape })),
  ];
}

async function verifyOne(
  { device, pipelines, host }: Context,
  { kernel, tunables, shape }: Check,
  seed: number,
  signal: AbortSignal,
) {
  const tooLarge = refuseShape(kernel.computes, shape, device.facts);
  if (tooLarge) return tooLarge;
  const made = await scoped(
    device.gpu,
    `making the buffers of ${kernel.computes.id}`,
    async () => ({
      problem: await createProblem(device.gpu, kernel.computes, shape, {
        seed,
        distribution: 'normal',
        referenceBudget: Number.POSITIVE_INFINITY,
        nowMs: host.now,
        signal,
      }),
    }),
    signal,
  );
  if (made.status !== 'ok') return made;
  try {
    return await verifyVariant(device.gpu, pipelines, kernel, tunables, made.problem, host.now, { signal });
  } finally {
    made.problem.destroy();
  }
}
