/** The batch is long against the clock, and what cannot be told is refused. */
import { expect, test } from 'vitest';
import { batchLimits } from '../../src/bench/criterion.js';
import { BelowResolutionError, batchTarget, choosePlan, refinePlan } from '../../src/bench/plan.js';
import { warmUp } from '../../src/bench/warmup.js';
import { simulate } from './simulated.js';

test.each([
  [65_536, 3_000],
  [65_536, 73_100],
  [100_000, 900_000],
  [1, 40_000],
])('on a step of %i ns, kernels of %i ns run in batches of the target length', async (quantumNs, ns) => {
  const device = simulate(1, { quantumNs });
  const plan = await choosePlan(device.kernel('a', ns), device.timer, batchLimits);
  const target = batchTarget(device.timer, batchLimits);
  expect(plan.method).toBe('slope');
  expect(plan.dispatches * ns).toBeGreaterThan(0.95 * target);
  expect(plan.dispatches * ns).toBeLessThan(2.1 * target);
});

test('a kernel that fills a batch alone is timed directly, one dispatch at a time', async () => {
  const device = simulate(1, { quantumNs: 1 });
  const plan = await choosePlan(device.kernel('a', 300e6), device.timer, batchLimits);
  expect(plan).toMatchObject({ method: 'direct', dispatches: 1 });
});

test('not where the overhead is more than 0.2 % of it', async () => {
  const device = simulate(1, { quantumNs: 1 });
  const plan = await choosePlan(device.kernel('a', 5e6), device.timer, batchLimits);
  expect(plan).toMatchObject({ method: 'slope', dispatches: 1 });
});

test('no batch of 2R passes 100 ms, however coarse the clock', async () => {
  const device = simulate(1, { quantumNs: 2e6 });
  const plan = await choosePlan(device.kernel('a', 1e6), device.timer, batchLimits);
  expect(2 * plan.dispatches * 1e6).toBeLessThanOrEqual(batchLimits.maxBatchNs);
});

test('what ten steps of the clock do not show is refused in a sentence', async () => {
  const device = simulate(1, { quantumNs: 65_536 });
  await expect(choosePlan(device.kernel('a', 20), device.timer, batchLimits)).rejects.toThrow(BelowResolutionError);
  await expect(choosePlan(device.kernel('b', 20), device.timer, batchLimits)).rejects.toThrow(
    /16384 dispatches .* steps of 65536 ns\. Choose a larger shape/,
  );
});

test('warm-up ends when the kernel stops getting faster, and the batch is chosen anew', async () => {
  const device = simulate(1, { quantumNs: 1, noise: 0.002 });
  const ramping = device.kernel('a', (batch) => (batch < 40 ? 200_000 - 4_500 * batch : 20_000));
  const plan = await choosePlan(ramping, device.timer, batchLimits);
  const warm = await warmUp(ramping, plan, 10, device.host);
  expect(warm.settled).toBe(true);
  expect(warm.batches).toBeGreaterThan(30);
  expect(warm.batches).toBeLessThan(60);
  expect(warm.dispatchNs / 20_000 - 1).toBeLessThan(0.02);
  const refined = refinePlan(plan, warm.dispatchNs, device.timer, batchLimits);
  expect(refined.dispatches).toBeGreaterThan(4 * plan.dispatches);
});

test('warm-up ends when its time is up', async () => {
  const device = simulate(1, { quantumNs: 1 });
  const endless = device.kernel('a', (batch) => 5e6 * 0.95 ** batch);
  const plan = { method: 'slope', dispatches: 1, overheadNs: 0, stepNs: 1 } as const;
  const warm = await warmUp(endless, plan, 0.03, device.host);
  expect(warm.settled).toBe(false);
  expect(warm.batches).toBeLessThan(12);
});
