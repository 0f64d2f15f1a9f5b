/** The library: run a kernel of the catalogue, or one of your own, on your `GPUDevice` and your `GPUBuffer`s. */
import { createProblem } from './bench/problem.js';
import { verifyVariant } from './bench/verify.js';
import { factsOf } from './gpu/device.js';
import { createPipelines } from './gpu/pipelines.js';
import { type Bound, runnerOn } from './gpu/runner.js';
import type { DeviceFacts } from './kernel/facts.js';
import type { RunnableKernel, Tunables } from './kernel/kernel.js';
import type { Operation, Shape } from './kernel/operation.js';
import type { Outcome } from './kernel/outcome.js';
import { checkShape, completeTunables, defaultTunables } from './kernel/tunables.js';

export type { Bound } from './gpu/runner.js';
export type { DeviceFacts } from './kernel/facts.js';
export * from './kernel/kernel.js';
export * from './kernel/operation.js';
export * from './kernel/outcome.js';
export { locate, type Specialized, specialize } from './kernel/specialize.js';
export { checkShape, completeTunables, defaultTunables, ShapeError, UnknownTunableError } from './kernel/tunables.js';
export type { WgslSource } from './kernel/wgsl.js';

export interface BindRequest<S extends Shape, Name extends string> {
  readonly shape: S;
  /** Storage buffers by binding name, at least as long as `operation.bindings` says; they stay yours. */
  readonly buffers: Readonly<Record<string, GPUBuffer>>;
  /** Overlaid on the defaults. */
  readonly tunables?: Partial<Tunables<Name>>;
}

export interface KernelRunner<S extends Shape, Name extends string> {
  readonly kernel: RunnableKernel<S, Name>;
  /**
   * Compiles if needed (once per text, so sizes share a pipeline) and binds the buffers.
   * `bound.encode(pass)` then adds the dispatches to a compute pass of yours, as often as you like; it submits nothing.
   * @returns `unsupported` with the reason where the device cannot run it, `failed` with file, line and column where the
   * shader does not compile.
   * @throws ShapeError, UnknownTunableError for sizes and names that are none.
   */
  readonly bind: (request: BindRequest<S, Name>) => Promise<Outcome<{ readonly bound: Bound }>>;
}

/**
 * A kernel on your device. The device is never destroyed, and nothing is read back.
 * @param facts what the device can do; found out by itself where `navigator.gpu` exists.
 */
export function createRunner<S extends Shape, Name extends string>(
  device: GPUDevice,
  kernel: RunnableKernel<S, Name>,
  facts: DeviceFacts = factsOf(device, globalThis.navigator?.gpu?.wgslLanguageFeatures),
): KernelRunner<S, Name> {
  const runner = runnerOn(device, createPipelines(device, facts), kernel);
  return {
    kernel,
    bind: async ({ shape, buffers, tunables }) => {
      const checked = checkShape(kernel.computes, shape);
      return runner.bind({ shape: checked, tunables: completeTunables(kernel, { ...tunables }) }, buffers);
    },
  };
}

/** How one case of a self-test ended; a skip is never a pass. */
export interface SelfTestCase {
  readonly shape: Shape;
  readonly status: 'ok' | 'unsupported' | 'wrong' | 'failed';
  readonly reason?: string;
  /** Largest |error| / bound. */
  readonly worst?: number;
}

/**
 * Runs every case of the kernel's operation on the device and compares each element with an f64 or exact reference.
 * Worth doing once per device before trusting it: drivers have bugs.
 * @param operation what the kernel computes, whole: `tilewatt/operations/…` has the reference that a kernel comes without.
 * @throws TypeError for another kernel's operation.
 */
export async function selfTest<S extends Shape>(
  device: GPUDevice,
  kernel: RunnableKernel<S>,
  operation: Operation<S>,
  seed = 1,
  facts: DeviceFacts = factsOf(device, globalThis.navigator?.gpu?.wgslLanguageFeatures),
): Promise<readonly SelfTestCase[]> {
  if (operation.id !== kernel.computes.id) {
    throw new TypeError(`${kernel.id} computes ${kernel.computes.id}, so it cannot be held against ${operation.id}.`);
  }
  const pipelines = createPipelines(device, facts);
  const nowMs = (): number => performance.now();
  const options = { seed, distribution: 'normal', referenceBudget: Number.POSITIVE_INFINITY, nowMs } as const;
  const cases: SelfTestCase[] = [];
  for (const shape of operation.cases) {
    const problem = await createProblem(device, operation, shape, options);
    const outcome = await verifyVariant(device, pipelines, kernel, defaultTunables(kernel), problem, nowMs);
    if (outcome.status === 'ok') outcome.bound.destroy();
    problem.destroy();
    cases.push({
      shape,
      // Nothing is timed here.
      status: outcome.status === 'too-long' ? 'ok' : outcome.status,
      ...('reason' in outcome && outcome.status !== 'too-long' ? { reason: outcome.reason } : {}),
      ...('verification' in outcome ? { worst: outcome.verification.worst } : {}),
    });
  }
  return cases;
}
