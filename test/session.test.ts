/** The session behind the worker, called directly on real WebGPU: jobs, refusals, cancelling, loss of the device. */
import { afterAll, describe, expect, it } from 'vitest';
import { leastRounds } from '../src/bench/criterion.js';
import { parseResults } from '../src/bench/results.js';
import { dawnGpu } from '../src/cli/dawn.js';
import type { BenchRequest, Progress } from '../src/worker/api.js';
import { createSession } from '../src/worker/session.js';

const session = createSession({ gpu: await dawnGpu(), runtime: 'Dawn in Node' });
afterAll(session.close);

const request: BenchRequest = {
  job: 'test',
  operation: 'gemm-f32',
  shape: { m: 64, n: 64, k: 64 },
  kernels: [{ id: 'gemm-f32/naive' }],
  seed: 7,
  distribution: 'normal',
  thoroughness: 'quick',
  cache: 'hot',
  budgetSeconds: 1,
};

describe('bench', () => {
  it('verifies and times, reports progress, and its results pass their own schema', async () => {
    const seen: Progress[] = [];
    const outcome = await session.bench(request, (progress) => seen.push(progress));
    expect(outcome.status).toBe('ok');
    if (outcome.status !== 'ok') return;
    const [row] = outcome.results.rows;
    expect(row).toMatchObject({ kernel: 'gemm-f32/naive', status: 'ok', verification: { elements: 4096, of: 4096 } });
    expect(row!.time!.meanNs).toBeGreaterThan(0);
    expect(row!.verification!.worst).toBeLessThanOrEqual(1);
    expect(parseResults(JSON.stringify(outcome.results))).toEqual(outcome.results);
    expect(seen.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['prepare', 'verify', 'time', 'done']));
    const fractions = seen.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  });

  it('measures with cold caches too', async () => {
    const outcome = await session.bench({ ...request, cache: 'cold' }, () => {});
    expect(outcome).toMatchObject({ status: 'ok', results: { rows: [{ status: 'ok', cache: 'cold' }] } });
  });

  it('compares every kernel with the baseline', async () => {
    const kernels = [{ id: 'gemm-f32/naive' }, { id: 'gemm-f32/tiled' }];
    const outcome = await session.bench(
      { ...request, kernels, baseline: 'gemm-f32/naive', budgetSeconds: 3 },
      () => {},
    );
    expect(outcome).toMatchObject({
      status: 'ok',
      results: { comparisons: [{ a: 'gemm-f32/tiled', b: 'gemm-f32/naive' }] },
    });
  });

  it.each([3, -1])('ends %d s after it was asked, or as soon after as an honest time allows', async (withinSeconds) => {
    const { budgetSeconds, ...rest } = request;
    const kernels = [{ id: 'gemm-f32/naive' }, { id: 'gemm-f32/tiled' }];
    const begin = performance.now();
    const outcome = await session.bench({ ...rest, kernels, thoroughness: 'thorough', withinSeconds }, () => {});
    expect(outcome).toMatchObject({ status: 'ok', results: { rows: [{ status: 'ok' }, { status: 'ok' }] } });
    for (const { time, reason } of outcome.results!.rows) {
      if (time) expect(time.samples).toBeGreaterThanOrEqual(leastRounds);
      // On a machine busy with other things so few samples may tell nothing.
      else expect(reason).toMatch(/^Not told from zero/);
    }
    // What is thorough would take two minutes; how much later than asked it ends is up to the machine.
    expect((performance.now() - begin) / 1000).toBeLessThan(30);
  });

  it('sweeps: a comparison at each point, rows placed on the axis', async () => {
    const points = [16, 32].map((m) => ({ at: m, shape: { m, n: 32, k: 32 }, kernels: request.kernels }));
    const { shape, budgetSeconds, ...rest } = request;
    const outcome = await session.sweep({ ...rest, axis: 'm', points, secondsPerPoint: 0.5 }, () => {});
    expect(outcome).toMatchObject({
      status: 'ok',
      results: {
        sweep: { axis: 'm' },
        rows: [
          { at: 16, status: 'ok' },
          { at: 32, status: 'ok' },
        ],
      },
    });
  });

  it.each([
    ['an unknown operation', { operation: 'gemm-f64' }, 'no operation "gemm-f64"'],
    ['an unknown kernel', { kernels: [{ id: 'gemm-f32/warp' }] }, 'no kernel "gemm-f32/warp"'],
    ['an unknown tunable', { kernels: [{ id: 'gemm-f32/naive', tunables: { blockDim: 8 } }] }, 'no tunable "blockDim"'],
    ['a fraction', { shape: { m: 1.5, n: 1, k: 1 } }, 'm must be a positive integer, not 1.5'],
    ['zero', { shape: { m: 0, n: 1, k: 1 } }, 'm must be a positive integer, not 0'],
    ['a missing size', { shape: { m: 1, n: 1 } }, 'needs a value for k'],
    ['a size too many', { shape: { m: 1, n: 1, k: 1, q: 1 } }, 'no size "q"'],
  ])('refuses %s in one sentence', async (_, change, sentence) => {
    const outcome = await session.bench({ ...request, ...change } as BenchRequest, () => {});
    expect(outcome).toMatchObject({ status: 'failed', cause: 'validation' });
    expect('reason' in outcome && outcome.reason).toContain(sentence);
  });

  it('refuses a shape too large for the device, with needed and available bytes', async () => {
    const outcome = await session.bench({ ...request, shape: { m: 100_000, n: 8, k: 100_000 } }, () => {});
    const reason = expect.stringMatching(/A needs 40,000,000,000 bytes, and this device allows [\d,]+ /);
    expect(outcome).toMatchObject({ status: 'ok', results: { rows: [{ status: 'unsupported', reason }] } });
  });

  it('keeps what was finished when cancelled half-way', async () => {
    const outcome = await session.bench({ ...request, budgetSeconds: 60 }, ({ phase }) => {
      if (phase === 'time') void session.cancel('test');
    });
    expect(outcome).toMatchObject({ status: 'failed', cause: 'cancelled', results: { rows: [{ status: 'ok' }] } });
  });
});

describe('device', () => {
  it('says what it is and what its timer is worth', async () => {
    const outcome = await session.device();
    expect(outcome).toMatchObject({ status: 'ok', card: { timer: { kind: 'timestamp' } } });
    if (outcome.status !== 'ok') return;
    expect(outcome.card.timer.quantumNs).toBeGreaterThan(0);
    if (outcome.card.adapter.software) expect(outcome.card.notes.join()).toContain('software adapter');
  });

  it('suggests a shape that a first comparison can be done with', async () => {
    const outcome = await session.suggest('gemm-f32');
    expect(outcome).toMatchObject({ status: 'ok' });
    if (outcome.status === 'ok') expect(outcome.shape.m).toBeGreaterThanOrEqual(64);
  });

  it('explains the lack of WebGPU', async () => {
    const without = createSession({ gpu: undefined, runtime: 'none' });
    expect(await without.device()).toMatchObject({
      status: 'unsupported',
      reason: expect.stringContaining('navigator.gpu'),
    });
    expect(await without.bench(request, () => {})).toMatchObject({ status: 'unsupported' });
  });

  it('explains a null adapter', async () => {
    const gpu = { requestAdapter: async () => null } as unknown as GPU;
    const without = createSession({ gpu, runtime: 'none' });
    expect(await without.device()).toMatchObject({
      status: 'unsupported',
      reason: expect.stringContaining('no adapter'),
    });
  });
});

describe('source', () => {
  it('is what the compiler gets, constants in front', async () => {
    const outcome = await session.source({ id: 'gemm-f32/naive', tunables: { groupX: 8 } }, { m: 1, n: 1, k: 1 });
    expect(outcome).toMatchObject({ status: 'ok', code: expect.stringContaining('const GROUP_X = 8;') });
  });
});

describe('selfcheck', () => {
  it('holds a kernel against itself', async () => {
    const outcome = await session.selfcheck(
      {
        job: 'aa',
        kernel: { id: 'gemm-f32/naive' },
        shape: { m: 64, n: 64, k: 64 },
        comparisons: 2,
        secondsEach: 0.5,
        seed: 3,
      },
      () => {},
    );
    expect(outcome).toMatchObject({ status: 'ok', report: { repeats: 2 } });
  });
});
