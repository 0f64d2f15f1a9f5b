/** Models with products of bytes: constants, codes as inputs, and what became of them. */
import { expect } from 'vitest';
import type { Model } from '../../src/models/graph.js';
import { Plan } from '../../src/models/run/plan.js';
import { type HostTensor, type HostValue, hostTensor } from '../../src/models/run/values.js';
import { elementCount, type Tensor } from '../../src/models/tensor.js';
import { seededRandom } from '../../src/numerics/random.js';
import { testDevice } from './dawn.js';
import { outputsOf } from './model-session.js';

export type Given = ReadonlyMap<string, HostValue>;

/** Windows with padding, steps and gaps. */
export const window = { pads: [1, 0, 2, 1], strides: [2, 1], dilations: [1, 2] };

/** Random bytes as a constant. */
export function bytes(name: string, type: 'i8' | 'u8', dims: readonly number[], seed: number): Tensor {
  const random = seededRandom(seed);
  return { name, type, dims, bytes: Uint8Array.from({ length: elementCount(dims) }, () => random.below(256)) };
}

export function zero(name: string, type: 'i8' | 'u8', ...values: readonly number[]): Tensor {
  return { name, type, dims: values.length === 1 ? [] : [values.length], bytes: Uint8Array.from(values) };
}

export const i32 = (name: string, values: readonly number[]): Tensor => ({
  ...{ name, type: 'i32' as const, dims: [values.length] },
  bytes: new Uint8Array(Int32Array.from(values).buffer),
});

export function codes(type: 'i8' | 'u8', dims: readonly number[], seed: number): HostTensor {
  const random = seededRandom(seed);
  const low = type === 'i8' ? -128 : 0;
  return hostTensor(
    type,
    dims,
    Float64Array.from({ length: elementCount(dims) }, () => low + random.below(256)),
  );
}

/** Kernels in the order of their dispatches. */
export async function kernelsOf(model: Model, given: Given): Promise<readonly string[]> {
  const plan = new Plan(model, given, (await testDevice()).facts, { smallElements: 0 });
  expect(plan.advance()).toBe(true);
  return plan.items.flatMap((item) =>
    item.kind === 'device' ? item.steps.map(({ step }) => step.kernel.id) : ['host'],
  );
}

/** The output y. */
export async function onDevice(model: Model, given: Given, optimize = false): Promise<HostTensor> {
  return (await outputsOf(model, given, { optimize, smallElements: 0 })).get('y') as HostTensor;
}
