/** The checker is checked: results that are wrong in one place only must fail it, on the CPU and from broken kernels. */
import { describe, expect, it } from 'vitest';
import naiveGemm from '../shaders/gemm-f32/naive.kernel.js';
import { gemmF32 } from '../shaders/gemm-f32/operation.js';
import type { GemmShape } from '../shaders/lib/gemm-shape.js';
import { createProblem } from '../src/bench/problem.js';
import { verifyVariant } from '../src/bench/verify.js';
import { poisonWord } from '../src/gpu/buffers.js';
import { defineKernel, type RunnableKernel } from '../src/kernel/kernel.js';
import { defaultTunables } from '../src/kernel/tunables.js';
import { compare, type Expected } from '../src/numerics/compare.js';
import { decodeFloat16 } from '../src/numerics/float16.js';
import { seededRandom } from '../src/numerics/random.js';
import { testDevice } from './support/dawn.js';

const shape = { m: 5, n: 7, k: 11 };
const naive: RunnableKernel = naiveGemm;
const nowMs = (): number => performance.now();

/** A right f32 product with what it is held against. */
function example(): { actual: Float32Array<ArrayBuffer>; expected: Expected } {
  const inputs = gemmF32.inputs(shape, seededRandom(7));
  const everyRow = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, row) => row);
  const [expected] = gemmF32.reference(inputs, shape, everyRow);
  return { actual: Float32Array.from(expected!.values), expected: expected! };
}

/** One element of value 1 that may be off by 2⁻²⁰. */
const bound = 2 ** -20;
const single: Expected = {
  output: 'C',
  columns: 1,
  rows: Uint32Array.of(0),
  values: Float64Array.of(1),
  bounds: Float64Array.of(bound),
};

describe('compare', () => {
  it('passes a right result', () => {
    const { actual, expected } = example();
    const comparison = compare(actual, expected);
    expect(comparison).toMatchObject({ right: true, elements: 35, misses: 0 });
    expect(comparison.worst).toBeLessThan(1);
  });

  it('fails one wrong element, wherever it is, and says which', () => {
    for (let at = 0; at < 35; at++) {
      const { actual, expected } = example();
      actual[at]! += 1e-3;
      const comparison = compare(actual, expected);
      expect(comparison).toMatchObject({ right: false, misses: 1 });
      expect(comparison.first).toContain(`C[${Math.floor(at / 7)}][${at % 7}]`);
    }
  });

  it('fails one element that was never written', () => {
    const { actual, expected } = example();
    new Uint32Array(actual.buffer)[17] = poisonWord;
    expect(compare(actual, expected)).toMatchObject({ right: false, misses: 1, worst: Number.POSITIVE_INFINITY });
  });

  it('knows the poison in f16 halves too', () => {
    for (const half of [poisonWord & 0xffff, poisonWord >>> 16]) {
      expect(compare([decodeFloat16(half)], single).right).toBe(false);
    }
  });

  it('fails two rows swapped', () => {
    const { actual, expected } = example();
    const second = actual.slice(7, 14);
    actual.copyWithin(7, 21, 28);
    actual.set(second, 21);
    expect(compare(actual, expected)).toMatchObject({ right: false, misses: 14 });
  });

  it('passes the bound itself and fails the next number beyond it, on both sides', () => {
    expect(compare([1 + bound], single)).toMatchObject({ right: true, worst: 1 });
    expect(compare([1 - bound], single)).toMatchObject({ right: true, worst: 1 });
    expect(compare([1 + bound + 2 ** -52], single).right).toBe(false);
    expect(compare([1 - bound - 2 ** -53], single).right).toBe(false);
  });

  it('fails one ULP of f32 where the result must be exact', () => {
    const exact = { ...single, bounds: Float64Array.of(0) };
    expect(compare(Float32Array.of(1), exact)).toMatchObject({ right: true, worst: 0 });
    expect(compare(Float32Array.of(1 + 2 ** -23), exact)).toMatchObject({
      right: false,
      worst: Number.POSITIVE_INFINITY,
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('fails %s', (value) => {
    const { actual, expected } = example();
    actual[3] = value;
    expect(compare(actual, expected)).toMatchObject({ right: false, misses: 1, worst: Number.POSITIVE_INFINITY });
  });

  it('fails an output that is too short', () => {
    const { actual, expected } = example();
    const comparison = compare(actual.subarray(0, 34), expected);
    expect(comparison).toMatchObject({ right: false, misses: 1 });
    expect(comparison.first).toContain('C[4][6] is missing');
  });

  it('fails where the bound is no number', () => {
    expect(compare([1 + bound], { ...single, bounds: Float64Array.of(Number.NaN) }).right).toBe(false);
  });

  it('looks at the rows picked, in their places', () => {
    const { actual, expected } = example();
    const last = { ...expected, rows: Uint32Array.of(4), ...lastRow(expected) };
    expect(compare(actual, last)).toMatchObject({ right: true, elements: 7 });
    actual[4 * 7]! += 1;
    expect(compare(actual, last).first).toContain('C[4][0]');
  });
});

function lastRow({ values, bounds }: Expected): Pick<Expected, 'values' | 'bounds'> {
  return { values: values.slice(28), bounds: bounds.slice(28) };
}

/** A product that is right but for what `row`, `terms` and `writes` say. */
function broken(name: string, { row = 'id.y', terms = 'shape.k', writes = 'true' }): RunnableKernel<GemmShape> {
  const text = `
    @group(0) @binding(1) var<storage, read> A: array<f32>;
    @group(0) @binding(2) var<storage, read> B: array<f32>;
    @group(0) @binding(3) var<storage, read_write> C: array<f32>;
    @compute @workgroup_size(8, 8)
    fn main(@builtin(global_invocation_id) id: vec3u) {
      if (id.y >= shape.m || id.x >= shape.n) { return; }
      var sum = 0.0;
      for (var k = 0u; k < ${terms}; k++) { sum += A[id.y * shape.k + k] * B[k * shape.n + id.x]; }
      let row = ${row};
      if (${writes}) { C[row * shape.n + id.x] = sum; }
    }`;
  return defineKernel<GemmShape>({
    id: `gemm-f32/${name}`,
    title: name,
    summary: 'Broken on purpose.',
    computes: gemmF32,
    rung: 1,
    wgsl: [{ path: `test/${name}.wgsl`, text }],
    tunables: {},
    dispatch: ({ shape: { m, n } }) => [{ workgroups: [Math.ceil(n / 8), Math.ceil(m / 8)] }],
  });
}

describe('verification on the GPU', async () => {
  const { gpu, pipelines } = await testDevice();

  async function verify(kernel: RunnableKernel): Promise<{ readonly status: string; readonly reason?: string }> {
    const options = { seed: 7, distribution: 'normal', referenceBudget: Number.POSITIVE_INFINITY, nowMs } as const;
    const problem = await createProblem(gpu, gemmF32, { m: 19, n: 23, k: 29 }, options);
    try {
      // Right values from an earlier kernel must not hide what this one leaves unwritten.
      const right = await verifyVariant(gpu, pipelines, naive, defaultTunables(naive), problem, nowMs);
      expect(right.status).toBe('ok');
      if (right.status === 'ok') right.bound.destroy();
      const outcome = await verifyVariant(gpu, pipelines, kernel, {}, problem, nowMs);
      if (outcome.status === 'ok') outcome.bound.destroy();
      return outcome.status === 'wrong' ? { status: outcome.status, reason: outcome.reason } : { ...outcome };
    } finally {
      problem.destroy();
    }
  }

  it('passes the kernel that the broken ones are made from', async () => {
    expect(await verify(broken('whole', {}))).toMatchObject({ status: 'ok' });
  });

  it('catches one element left unwritten', async () => {
    const outcome = await verify(broken('unwritten', { writes: 'id.x != 22u || id.y != 18u' }));
    expect(outcome).toMatchObject({ status: 'wrong' });
    expect(outcome.reason).toContain('C[18][22] is NaN');
  });

  it('catches two rows swapped', async () => {
    const outcome = await verify(broken('swapped', { row: 'select(id.y, 5u - id.y, id.y == 2u || id.y == 3u)' }));
    expect(outcome).toMatchObject({ status: 'wrong' });
    expect(outcome.reason).toMatch(/C\[2\]\[\d+\] is /);
  });

  it('catches a sum with a wrong bound of k', async () => {
    expect(await verify(broken('short', { terms: 'shape.k - 1u' }))).toMatchObject({ status: 'wrong' });
    expect(await verify(broken('other-size', { terms: 'shape.n' }))).toMatchObject({ status: 'wrong' });
    expect(await verify(broken('one-more', { terms: 'shape.k + 1u' }))).toMatchObject({ status: 'wrong' });
  });
});
