/** Kernels whose dispatches are cut into parts: the same results to the bit, on real WebGPU. */
import { expect, it } from 'vitest';
import { createProblem } from '../src/bench/problem.js';
import { submitPass } from '../src/gpu/batch.js';
import { readBack } from '../src/gpu/buffers.js';
import { refuse } from '../src/gpu/pipelines.js';
import { type Bound, runnerOn } from '../src/gpu/runner.js';
import { kernels } from '../src/kernel/catalog.js';
import type { Kernel } from '../src/kernel/kernel.js';
import type { Shape } from '../src/kernel/operation.js';
import { defaultTunables } from '../src/kernel/tunables.js';
import { testDevice } from './support/dawn.js';

const { gpu, facts, pipelines } = await testDevice();

/** Kernels that ask for each builtin in each way, with shared memory, several dispatches and subgroups among them. */
const tried = [
  'gemm-f32/direct',
  'gemm-f32/tiled',
  'gemm-f32/split-k',
  'bmm-f32/tiled',
  'conv2d/direct',
  'conv2d/im2win',
  'attention-f32/naive',
  'attention-f32/blocked',
  'elementwise-unary/naive',
  'elementwise-binary/strided',
  'reduce/workgroup',
  'reduce/subgroup',
  'softmax/workgroup',
  'pool2d/naive',
  'gemv-f32/rows',
  'spmm-csr/balanced',
];

const workgroups = (kernel: Kernel, shape: Shape): number =>
  Math.max(
    ...kernel
      .dispatch({ shape, tunables: defaultTunables(kernel) })
      .map(({ workgroups: [x, y = 1, z = 1] }) => x * y * z),
  );

/** The cheapest case with more than a few workgroups, else that with the most. */
function caseOf(kernel: Kernel): Shape {
  const { cases, cost } = kernel.computes;
  const able = cases.filter(
    (shape) => refuse(kernel, { shape, tunables: defaultTunables(kernel) }, facts) === undefined,
  );
  const wide = able.filter((shape) => workgroups(kernel, shape) > 3).sort((a, b) => cost(a).nominal - cost(b).nominal);
  return wide[0] ?? able.sort((a, b) => workgroups(kernel, b) - workgroups(kernel, a))[0] ?? cases[0]!;
}

function submit(bound: Bound): void {
  // A submission for each part, as when a long dispatch is cut.
  for (const part of bound.parts) submitPass(gpu, part);
}

/** The outputs of a kernel, and into how many parts it was cut; a reason where this device cannot run it. */
async function outputsOf(kernel: Kernel, shape: Shape, parts: number | undefined, device = gpu) {
  const options = { seed: 5, distribution: 'normal', referenceBudget: Infinity, nowMs: () => 0 } as const;
  const problem = await createProblem(gpu, kernel.computes, shape, options);
  try {
    const variant = { shape, tunables: defaultTunables(kernel) };
    const outcome = await runnerOn(device, pipelines, kernel).bind(
      variant,
      problem.buffers,
      parts === undefined ? {} : { parts },
    );
    if (outcome.status !== 'ok') return outcome.reason;
    problem.poisonOutputs();
    submit(outcome.bound);
    expect(await problem.check()).toMatchObject({ right: true });
    const outputs = kernel.computes.bindings.filter(({ access }) => access === 'read_write');
    const bytes = await Promise.all(outputs.map(({ name }) => readBack(gpu, problem.buffers[name]!)));
    outcome.bound.destroy();
    return { parts: outcome.bound.parts.length, words: bytes.map((each) => Array.from(new Uint32Array(each))) };
  } finally {
    problem.destroy();
  }
}

it.for(tried)('%s computes the same in parts', async (id, { skip }) => {
  const kernel = kernels.get(id)!;
  const shape = caseOf(kernel);
  const whole = await outputsOf(kernel, shape, undefined);
  if (typeof whole === 'string') return skip(whole);
  const cut = await outputsOf(kernel, shape, 5);
  if (typeof cut === 'string') throw new Error(cut);
  expect(whole.parts).toBe(1);
  expect(cut.parts).toBeGreaterThan(kernel.dispatch({ shape, tunables: defaultTunables(kernel) }).length);
  expect(cut.words).toEqual(whole.words);
});

it('a grid that is wider than the device allows is cut', async () => {
  const narrow = new Proxy(gpu, {
    get(target, key) {
      if (key === 'limits') return { ...limitsOf(target), maxComputeWorkgroupsPerDimension: 1 };
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const kernel = kernels.get('gemm-f32/direct')!;
  const shape = caseOf(kernel);
  const whole = await outputsOf(kernel, shape, undefined);
  const cut = await outputsOf(kernel, shape, 1, narrow);
  if (typeof whole === 'string' || typeof cut === 'string') throw new Error(`${whole} ${cut}`);
  expect(cut.parts).toBeGreaterThan(1);
  expect(cut.words).toEqual(whole.words);
});

function limitsOf({ limits }: GPUDevice): Record<string, number> {
  const { minUniformBufferOffsetAlignment, minStorageBufferOffsetAlignment } = limits;
  return { minUniformBufferOffsetAlignment, minStorageBufferOffsetAlignment };
}
