/** Tests of kernels on real WebGPU: every case with default tunables, and every value of every tunable on one case. */
import { afterAll, describe, expect, it } from 'vitest';
import { createProblem, type Problem } from '../../src/bench/problem.js';
import { verifyVariant } from '../../src/bench/verify.js';
import { refuse } from '../../src/gpu/pipelines.js';
import { ladders } from '../../src/kernel/catalog.js';
import type { DeviceFacts } from '../../src/kernel/facts.js';
import type { Kernel, Tunables } from '../../src/kernel/kernel.js';
import type { Operation, Shape } from '../../src/kernel/operation.js';
import { defaultTunables } from '../../src/kernel/tunables.js';
import { type TestDevice, testDevice } from './dawn.js';

const seed = 20261121;
const nowMs = (): number => performance.now();

/** @param chosen which operations, by id. */
export async function describeKernels(chosen: (operation: string) => boolean): Promise<void> {
  const device = await testDevice();
  console.info(`Inputs from seed ${seed}.`);
  for (const { operation, kernels } of ladders.values()) {
    if (chosen(operation.id)) describe(operation.id, () => describeLadder(device, operation, kernels));
  }
}

function describeLadder(device: TestDevice, operation: Operation, kernels: readonly Kernel[]): void {
  const problems = new Problems(device.gpu, operation);
  afterAll(() => problems.destroy());

  const itIsRight = (title: string, kernel: Kernel, shape: Shape, tunables: Tunables): void =>
    it(title, async ({ skip }) => {
      const problem = await problems.at(shape);
      const outcome = await verifyVariant(device.gpu, device.pipelines, kernel, tunables, problem, nowMs);
      if (outcome.status === 'ok') outcome.bound.destroy();
      if (outcome.status === 'unsupported') skip(outcome.reason);
      expect(outcome).toMatchObject({ status: 'ok' });
    });

  for (const kernel of kernels) {
    describe(kernel.id, () => {
      for (const shape of operation.cases) {
        itIsRight(`is right at ${label(shape)}`, kernel, shape, defaultTunables(kernel));
      }
      const shape = operation.cases[1] ?? operation.cases[0]!;
      for (const tunables of coveringVariants(kernel, shape, device.facts)) {
        itIsRight(`is right with ${label(tunables)}`, kernel, shape, tunables);
      }
    });
  }
}

/** The problems of one operation, each made once for all of its kernels. */
class Problems {
  private readonly gpu: GPUDevice;
  private readonly operation: Operation;
  private readonly made = new Map<Shape, Promise<Problem>>();

  constructor(gpu: GPUDevice, operation: Operation) {
    this.gpu = gpu;
    this.operation = operation;
  }

  at(shape: Shape): Promise<Problem> {
    const known = this.made.get(shape);
    if (known) return known;
    const options = { seed, distribution: 'normal', referenceBudget: Number.POSITIVE_INFINITY, nowMs } as const;
    const problem = createProblem(this.gpu, this.operation, shape, options);
    this.made.set(shape, problem);
    return problem;
  }

  async destroy(): Promise<void> {
    for (const problem of this.made.values()) (await problem).destroy();
  }
}

/**
 * Variants that have every value of every tunable between them, several new ones in each, as compiling is what takes time.
 * A value that fits no variant stands alone, so that its test says why.
 */
export function coveringVariants(kernel: Kernel, shape: Shape, facts: DeviceFacts): readonly Tunables[] {
  const defaults = defaultTunables(kernel);
  const left = new Map(
    Object.entries(kernel.tunables).map(([name, { values }]) => [
      name,
      new Set(values.filter((value) => value !== defaults[name])),
    ]),
  );
  const variants: Tunables[] = [];
  for (;;) {
    let variant = defaults;
    for (const [name, values] of left) {
      const fits = (value: number) => !refuse(kernel, { shape, tunables: { ...variant, [name]: value } }, facts);
      const value = [...values].find(fits);
      if (value === undefined) continue;
      variant = { ...variant, [name]: value };
      values.delete(value);
    }
    if (variant === defaults) break;
    variants.push(variant);
  }
  const alone = [...left].flatMap(([name, values]) => [...values].map((value) => ({ ...defaults, [name]: value })));
  return [...variants, ...alone];
}

function label(record: Readonly<Record<string, number>>): string {
  return Object.entries(record)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
