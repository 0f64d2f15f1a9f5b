/** Every kernel × its operation's cases with default tunables, and each value of each tunable on one case, on real WebGPU. */
import { afterAll, describe, expect, it } from 'vitest';
import { createProblem, type Problem } from '../src/bench/problem.js';
import { verifyVariant } from '../src/bench/verify.js';
import { ladders } from '../src/kernel/catalog.js';
import type { Kernel, Tunables } from '../src/kernel/kernel.js';
import type { Operation, Shape } from '../src/kernel/operation.js';
import { defaultTunables, variations } from '../src/kernel/tunables.js';
import { testDevice } from './support/dawn.js';

const seed = 20261121;
const { gpu, pipelines } = await testDevice();
console.info(`Inputs from seed ${seed}.`);
const nowMs = (): number => performance.now();

/** The problems of one operation, each made once for all of its kernels. */
class Problems {
  private readonly operation: Operation;
  private readonly made = new Map<Shape, Promise<Problem>>();

  constructor(operation: Operation) {
    this.operation = operation;
  }

  at(shape: Shape): Promise<Problem> {
    const known = this.made.get(shape);
    if (known) return known;
    const options = { seed, distribution: 'normal', referenceBudget: Number.POSITIVE_INFINITY, nowMs } as const;
    const problem = createProblem(gpu, this.operation, shape, options);
    this.made.set(shape, problem);
    return problem;
  }

  async destroy(): Promise<void> {
    for (const problem of this.made.values()) (await problem).destroy();
  }
}

describe.each([...ladders.values()])('$operation.id', ({ operation, kernels }) => {
  const problems = new Problems(operation);
  afterAll(() => problems.destroy());

  for (const kernel of kernels) {
    describe(kernel.id, () => {
      for (const shape of operation.cases) {
        it(`is right at ${label(shape)}`, async ({ skip }) => {
          const outcome = await verify(kernel, await problems.at(shape), defaultTunables(kernel));
          if (outcome.status === 'unsupported') skip(outcome.reason);
          expect(outcome).toMatchObject({ status: 'ok' });
        });
      }
      for (const tunables of variations(kernel, defaultTunables(kernel))) {
        const shape = operation.cases[1] ?? operation.cases[0]!;
        it(`is right with ${label(tunables)}`, async ({ skip }) => {
          const outcome = await verify(kernel, await problems.at(shape), tunables);
          if (outcome.status === 'unsupported') skip(outcome.reason);
          expect(outcome).toMatchObject({ status: 'ok' });
        });
      }
    });
  }
});

async function verify(
  kernel: Kernel,
  problem: Problem,
  tunables: Tunables,
): Promise<{ status: string; reason?: string }> {
  const outcome = await verifyVariant(gpu, pipelines, kernel, tunables, problem, nowMs);
  if (outcome.status !== 'ok') return outcome;
  outcome.bound.destroy();
  return { status: 'ok' };
}

function label(record: Readonly<Record<string, number>>): string {
  return Object.entries(record)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
