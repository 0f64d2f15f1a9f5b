/** Binary and bit-serial products on real WebGPU with scales of 1: exact integers, with bits beyond k set at random. */
import { expect, it } from 'vitest';
import { gemmBinary } from '../shaders/gemm-binary/operation.js';
import { gemmW2a2 } from '../shaders/gemm-w2a2/operation.js';
import { createProblem } from '../src/bench/problem.js';
import { verifyVariant } from '../src/bench/verify.js';
import { ladders } from '../src/kernel/catalog.js';
import type { Operation } from '../src/kernel/operation.js';
import { defaultTunables } from '../src/kernel/tunables.js';
import { testDevice } from './support/dawn.js';

const { gpu, pipelines } = await testDevice();
const nowMs = (): number => performance.now();

it.each([1, 31, 32, 33, 63, 64, 65, 1000])('gives exact integers at k = %d', async (k) => {
  for (const operation of [gemmBinary, gemmW2a2]) {
    const exact: Operation = {
      ...operation,
      inputs: (shape, random) => {
        const inputs = operation.inputs(shape, random);
        const ones = (name: string): Float32Array<ArrayBuffer> => new Float32Array(inputs[name]!.length).fill(1);
        return { ...inputs, rowScale: ones('rowScale'), columnScale: ones('columnScale') };
      },
      reference: (inputs, shape, pick) =>
        operation
          .reference(inputs, shape, pick)
          .map((one) => ({ ...one, bounds: new Float64Array(one.values.length) })),
    };
    const problem = await createProblem(
      gpu,
      exact,
      { m: 9, n: 12, k },
      {
        seed: k,
        distribution: 'normal',
        referenceBudget: Number.POSITIVE_INFINITY,
        nowMs,
      },
    );
    for (const kernel of ladders.get(operation.id)!.kernels) {
      const outcome = await verifyVariant(gpu, pipelines, kernel, defaultTunables(kernel), problem, nowMs);
      expect(outcome, kernel.id).toMatchObject({ status: 'ok' });
      if (outcome.status === 'ok') outcome.bound.destroy();
    }
    problem.destroy();
  }
});
