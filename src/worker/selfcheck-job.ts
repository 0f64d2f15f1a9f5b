/** One kernel bound twice, each time to buffers of its own, so that the engine can be held against itself. */
import { createProblem } from '../bench/problem.js';
import { verifyVariant } from '../bench/verify.js';
import { scoped } from '../gpu/errors.js';
import { refuseShape } from '../gpu/pipelines.js';
import type { Bound } from '../gpu/runner.js';
import type { Kernel, Tunables } from '../kernel/kernel.js';
import type { Shape } from '../kernel/operation.js';
import { failed, type Outcome, unsupported } from '../kernel/outcome.js';
import type { Context } from './context.js';

export interface Twins {
  readonly bound: readonly Bound[];
  readonly destroy: () => void;
}

export async function bindTwins(
  { device, pipelines, host }: Context,
  kernel: Kernel,
  tunables: Tunables,
  shape: Shape,
  seed: number,
  signal: AbortSignal,
): Promise<Outcome<Twins>> {
  const tooLarge = refuseShape(kernel.computes, shape, device.facts);
  if (tooLarge) return tooLarge;
  const options = { seed, distribution: 'normal', referenceBudget: 2 ** 29, nowMs: host.now, signal } as const;
  const cleanups: (() => void)[] = [];
  const destroy = (): void => {
    for (const cleanup of cleanups) cleanup();
  };
  const bound: Bound[] = [];
  for (let twin = 0; twin < 2; twin++) {
    const made = await scoped(
      device.gpu,
      `making the buffers of ${kernel.computes.id}`,
      async () => ({
        problem: await createProblem(device.gpu, kernel.computes, shape, options),
      }),
      signal,
    );
    if (made.status !== 'ok') {
      destroy();
      return made;
    }
    cleanups.push(made.problem.destroy);
    const outcome = await verifyVariant(device.gpu, pipelines, kernel, tunables, made.problem, host.now, { signal });
    if (outcome.status !== 'ok') {
      destroy();
      if (outcome.status === 'too-long') return unsupported(outcome.reason);
      return outcome.status === 'wrong' ? failed('internal', `${kernel.id} is wrong here: ${outcome.reason}`) : outcome;
    }
    bound.push(outcome.bound);
    cleanups.push(outcome.bound.destroy);
  }
  return { status: 'ok', bound, destroy };
}
