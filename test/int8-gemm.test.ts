/** Products of 8-bit codes at the ends of their range: the largest sums that fit, and shapes that are refused. */
import { describe, expect, it } from 'vitest';
import { gemmInt8 } from '../shaders/gemm-int8/operation.js';
import { gemmInt8Asym } from '../shaders/gemm-int8-asym/operation.js';
import { gemmInt8Dynamic } from '../shaders/gemm-int8-dynamic/operation.js';
import { submitPass } from '../src/gpu/batch.js';
import { readBack, storageBuffer, upload } from '../src/gpu/buffers.js';
import { runnerOn } from '../src/gpu/runner.js';
import { ladders } from '../src/kernel/catalog.js';
import type { Kernel } from '../src/kernel/kernel.js';
import type { Buffers } from '../src/kernel/operation.js';
import { defaultTunables } from '../src/kernel/tunables.js';
import { testDevice } from './support/dawn.js';

const { gpu, pipelines } = await testDevice();

describe('a k whose sum may overflow 32 bits', () => {
  it('is refused with the longest that may not', () => {
    for (const { valid } of [gemmInt8, gemmInt8Dynamic]) {
      expect(valid!({ m: 1, n: 1, k: 133_144, scales: 1 })).toBe(true);
      expect(valid!({ m: 1, n: 1, k: 133_145, scales: 1 })).toMatch(/k=133145 .* parts of at most 133144/);
    }
    expect(gemmInt8.valid!({ m: 1, n: 1, k: 1, scales: 3 })).toContain('not 3');
    expect(gemmInt8Asym.valid!({ m: 1, n: 1, k: 33_026, scales: 1 })).toMatch(/parts of at most 33025/);
  });
});

describe.each(ladders.get('gemm-int8')!.kernels.map((kernel) => [kernel.id, kernel] as const))('%s', (_, kernel) => {
  it('adds the largest products there are without overflow', async ({ skip }) => {
    const k = 133_120;
    const codes = new Uint32Array(k / 4).fill(0x7f7f7f7f);
    const inputs: Buffers = {
      codesA: codes,
      scalesA: Float32Array.of(1),
      codesB: codes,
      scalesB: Float32Array.of(1),
    };
    const outcome = await product(kernel, { m: 1, n: 1, k, scales: 1 }, inputs);
    if (outcome.status === 'unsupported') skip(outcome.reason);
    expect(outcome).toEqual({ status: 'ok', value: Math.fround(127 ** 2 * k) });
  });
});

async function product(
  kernel: Kernel,
  shape: Readonly<Record<string, number>>,
  inputs: Buffers,
): Promise<{ readonly status: string; readonly reason?: string; readonly value?: number }> {
  const sizes = { ...Object.fromEntries(Object.entries(inputs).map(([name, data]) => [name, data.byteLength])), C: 4 };
  const buffers = Object.fromEntries(
    Object.entries(sizes).map(([name, bytes]) => [name, storageBuffer(gpu, name, bytes)]),
  );
  for (const [name, data] of Object.entries(inputs)) upload(gpu, buffers[name]!, data);
  const variant = { shape, tunables: defaultTunables(kernel) };
  const bind = await runnerOn(gpu, pipelines, kernel).bind(variant, buffers);
  if (bind.status !== 'ok') return bind;
  submitPass(gpu, bind.bound.encode);
  const [value] = new Float32Array(await readBack(gpu, buffers.C!));
  bind.bound.destroy();
  for (const buffer of Object.values(buffers)) buffer.destroy();
  return { status: 'ok', value: value! };
}
