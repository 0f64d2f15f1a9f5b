/** Kernels whose one dispatch is long, on real WebGPU: tried in parts, cancelled between two, and given no time beyond a limit. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Patience } from '../src/bench/patience.js';
import { createProblem } from '../src/bench/problem.js';
import { verifyVariant } from '../src/bench/verify.js';
import { dawnGpu } from '../src/cli/dawn.js';
import { kernels, ladders } from '../src/kernel/catalog.js';
import type { RunnableKernel } from '../src/kernel/kernel.js';
import { defaultTunables } from '../src/kernel/tunables.js';
import type { WgslSource } from '../src/kernel/wgsl.js';
import type { BenchRequest } from '../src/worker/api.js';
import { createSession } from '../src/worker/session.js';
import { testDevice } from './support/dawn.js';
import { watchedQueue } from './support/watched-queue.js';

const { gpu, pipelines } = await testDevice();
const nowMs = (): number => performance.now();

/** Nothing is run whole unseen. */
const cautious: Patience = { whole: 0, part: 2000, parts: 64, longestNs: 60e9, why: 'this is a test' };
const shape = { m: 100, n: 52, k: 40 };

async function verify(kernel: RunnableKernel, patience: Patience | undefined, device = gpu, signal?: AbortSignal) {
  const operation = ladders.get(kernel.computes.id)!.operation;
  const options = { seed: 3, distribution: 'normal', referenceBudget: Number.POSITIVE_INFINITY, nowMs } as const;
  const problem = await createProblem(gpu, operation, shape, options);
  const shares: number[] = [];
  const outcome = await verifyVariant(device, pipelines, kernel, defaultTunables(kernel), problem, nowMs, {
    onShare: (share) => shares.push(share),
    ...(patience ? { patience } : {}),
    ...(signal ? { signal } : {}),
  });
  if (outcome.status === 'ok') outcome.bound.destroy();
  problem.destroy();
  return { outcome, shares };
}

const naive = kernels.get('gemm-f32/naive')!;
/** It writes a row too high. */
const wrong: RunnableKernel = {
  ...naive,
  wgsl: (naive.wgsl as readonly WgslSource[]).map(({ path, text }) => ({
    path,
    text: text.replace('C[row * shape.n', 'C[(row - min(row, 1)) * shape.n'),
  })),
};

describe('a dispatch that may be long', () => {
  it('is run whole where its parts were short, with the cold costs of the whole', async () => {
    const { gpu: device, submissions } = watchedQueue(gpu);
    const { outcome, shares } = await verify(naive, cautious, device);
    expect(outcome).toMatchObject({ status: 'ok', cold: { firstNs: expect.any(Number) } });
    expect(submissions()).toBeGreaterThan(3);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });

  it.each(['gemm-f32/naive', 'gemm-f32/split-k'])('of %s is right and has no time beyond the limit', async (id) => {
    const { outcome } = await verify(kernels.get(id)!, { ...cautious, longestNs: 0 });
    expect(outcome).toMatchObject({ status: 'too-long', verification: { elements: 5200, of: 5200 } });
    expect(outcome).not.toHaveProperty('cold');
    expect('reason' in outcome && outcome.reason).toMatch(
      /^One dispatch takes about .*s here, and none longer than 0.*s is timed: this is a test\. Choose a smaller shape\.$/,
    );
  });

  it('is found wrong in parts as well', async () => {
    const { outcome } = await verify(wrong, { ...cautious, longestNs: 0 });
    expect(outcome).toMatchObject({ status: 'wrong' });
  });

  it('is known by its first run where it was not tried in parts', async () => {
    const { outcome, shares } = await verify(naive, { ...cautious, whole: 1e9, longestNs: 0 });
    expect(outcome).toMatchObject({ status: 'too-long', cold: { firstNs: expect.any(Number) } });
    expect(shares).toEqual([]);
  });

  it('ends between two parts when it is cancelled', async () => {
    const controller = new AbortController();
    const { gpu: device, submissions } = watchedQueue(gpu, (before) => {
      if (before === 4) controller.abort();
    });
    const { outcome } = await verify(naive, cautious, device, controller.signal);
    expect(outcome).toMatchObject({ status: 'failed', cause: 'cancelled' });
    expect(submissions()).toBeLessThan(40);
  });

  it('of an ordinary shape is submitted once and whole', async () => {
    const { gpu: device, submissions } = watchedQueue(gpu);
    const { outcome, shares } = await verify(naive, undefined, device);
    expect(outcome).toMatchObject({ status: 'ok' });
    expect([submissions(), shares]).toEqual([1, []]);
  });
});

describe('a job with a dispatch of many seconds', () => {
  const session = openSession();
  afterAll(async () => (await session).close());
  const request: BenchRequest = {
    job: 'long',
    operation: 'gemm-f32',
    // 17 GFLOP: far more than a software adapter does in a moment, yet not for a GPU, which then ends before it is cancelled.
    shape: { m: 2048, n: 2048, k: 2048 },
    kernels: [{ id: 'gemm-f32/naive' }],
    seed: 7,
    distribution: 'normal',
    thoroughness: 'quick',
    cache: 'hot',
    budgetSeconds: 1,
  };

  it('is cancelled in a small part of the time that the dispatch takes', async ({ skip }) => {
    const open = await session;
    const device = await open.device();
    if (device.status !== 'ok' || !device.card.adapter.software) return skip('a GPU is too fast for this');
    let [begin, cancelled, wholeMs] = [0, 0, 0];
    const outcome = await open.bench(request, ({ text }) => {
      const [, percent] = /, (\d+) % of one long dispatch/.exec(text) ?? [];
      if (percent === undefined || wholeMs > 0) return;
      if (begin === 0) begin = nowMs();
      if (Number(percent) === 0) return;
      wholeMs = (nowMs() - begin) / (Number(percent) / 100);
      // Between two reports, as a visitor would.
      setTimeout(() => {
        cancelled = nowMs();
        void open.cancel(request.job);
      }, 10);
    });
    const leftMs = nowMs() - cancelled;
    console.info(`Cancelled ${Math.round(leftMs)} ms after it was asked, of ${Math.round(wholeMs)} ms.`);
    expect(outcome).toMatchObject({ status: 'failed', cause: 'cancelled', results: { rows: [] } });
    expect(leftMs).toBeLessThan(wholeMs / 3);
  });

  it('is cancelled while its reference is computed', async () => {
    const open = await session;
    const outcome = await open.bench({ ...request, thoroughness: 'thorough' }, ({ phase }) => {
      if (phase === 'verify') void open.cancel(request.job);
    });
    expect(outcome).toMatchObject({ status: 'failed', cause: 'cancelled', results: { rows: [] } });
  });
});

async function openSession() {
  return createSession({ gpu: await dawnGpu(), runtime: 'Dawn in Node' });
}
