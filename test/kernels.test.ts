/** Every kernel × its operation's cases with default tunables, and each value of each tunable on one case, on real WebGPU. */
import { describe, expect, it } from 'vitest';
import { createProblem } from '../src/bench/problem.js';
import { verifyVariant } from '../src/bench/verify.js';
import { ladders } from '../src/kernel/catalog.js';
import type { Kernel, Tunables } from '../src/kernel/kernel.js';
import type { Shape } from '../src/kernel/operation.js';
import { defaultTunables, variations } from '../src/kernel/tunables.js';
import { testDevice } from './support/dawn.js';

const seed = 20261121;
const { gpu, pipelines } = await testDevice();
console.info(`Inputs from seed ${seed}.`);
const nowMs = (): number => performance.now();

for (const { operation, kernels } of ladders.values()) {
  for (const kernel of kernels) {
    describe(kernel.id, () => {
      for (const shape of operation.cases) {
        it(`is right at ${label(shape)}`, async ({ skip }) => {
          const outcome = await verify(kernel, shape, defaultTunables(kernel));
          if (outcome.status === 'unsupported') skip(outcome.reason);
          expect(outcome).toMatchObject({ status: 'ok' });
        });
      }
      for (const tunables of variations(kernel, defaultTunables(kernel))) {
        const shape = operation.cases[1] ?? operation.cases[0]!;
        it(`is right with ${label(tunables)}`, async ({ skip }) => {
          const outcome = await verify(kernel, shape, tunables);
          if (outcome.status === 'unsupported') skip(outcome.reason);
          expect(outcome).toMatchObject({ status: 'ok' });
        });
      }
    });
  }
}

async function verify(kernel: Kernel, shape: Shape, tunables: Tunables): Promise<{ status: string; reason?: string }> {
  const problem = await createProblem(gpu, kernel.computes, shape, {
    seed,
    distribution: 'normal',
    referenceBudget: Number.POSITIVE_INFINITY,
    nowMs,
  });
  try {
    const outcome = await verifyVariant(gpu, pipelines, kernel, tunables, problem, nowMs);
    if (outcome.status !== 'ok') return outcome;
    outcome.bound.destroy();
    return { status: 'ok' };
  } finally {
    problem.destroy();
  }
}

function label(record: Readonly<Record<string, number>>): string {
  return Object.entries(record)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
