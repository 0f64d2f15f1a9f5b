/** Chooses the size of the first comparison by a quick probe, so that a visitor sees one without waiting long. */
import { createProblem } from '../bench/problem.js';
import { verifyVariant } from '../bench/verify.js';
import { refuseShape } from '../gpu/pipelines.js';
import type { Ladder } from '../kernel/catalog.js';
import type { Shape } from '../kernel/operation.js';
import { defaultTunables } from '../kernel/tunables.js';
import type { Suggestion } from './api.js';
import type { Context } from './context.js';

/** The plainest rung, which is the slowest, may take this long per dispatch. */
const mostDispatchNs = 25e6;
/** The reference on the CPU may take this many nominal operations. */
const mostNominal = 2 ** 30;

/** Seconds to the verdicts; what is drawn after them needs a little more. The promises are 30 and 5. */
const patience = { software: 16, gpu: 4.5 } as const;

/** The largest shape of the sweep at which one dispatch of the first rung stays short. */
export async function suggest(context: Context, { operation, kernels }: Ladder): Promise<Suggestion> {
  let best = operation.sweep[0]!;
  for (const shape of operation.sweep) {
    if (operation.cost(shape).nominal > mostNominal || refuseShape(operation, shape, context.device.facts)) break;
    const ns = await dispatchNs(context, kernels[0]!, shape);
    if (ns === undefined || ns > 4 * mostDispatchNs) break;
    best = shape;
    // The next size of a sweep is a few times the work: no need to try what is sure to be too long.
    if (ns > mostDispatchNs / 2) break;
  }
  return { shape: best, withinSeconds: context.device.adapter.software ? patience.software : patience.gpu };
}

async function dispatchNs(
  context: Context,
  kernel: Ladder['kernels'][number],
  shape: Shape,
): Promise<number | undefined> {
  const { device, pipelines, timer, host } = context;
  const options = { seed: 1, distribution: 'normal', referenceBudget: 0, nowMs: host.now } as const;
  const problem = await createProblem(device.gpu, kernel.computes, shape, options);
  try {
    const outcome = await verifyVariant(device.gpu, pipelines, kernel, defaultTunables(kernel), problem, host.now);
    if (outcome.status !== 'ok') return undefined;
    const ns = await timer.time((pass) => outcome.bound.encode(pass));
    outcome.bound.destroy();
    return ns;
  } finally {
    problem.destroy();
  }
}
