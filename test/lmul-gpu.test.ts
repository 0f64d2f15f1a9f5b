/** Element-wise L-Mul on real WebGPU, bit for bit against the TypeScript reference; accuracy of L-Mul attention. */
import { describe, expect, it } from 'vitest';
import { attentionLmul } from '../shaders/attention-lmul/operation.js';
import { edgePatterns, elementwiseLmul } from '../shaders/elementwise-lmul/operation.js';
import { exactF32, type LmulShape, lmulFormatOf, variedFormats } from '../shaders/lib/lmul-format.js';
import { createProblem } from '../src/bench/problem.js';
import { verifyVariant } from '../src/bench/verify.js';
import { ladders } from '../src/kernel/catalog.js';
import type { Operation } from '../src/kernel/operation.js';
import { defaultTunables } from '../src/kernel/tunables.js';
import { bitsOf, lmulBits } from '../src/numerics/lmul.js';
import { mantissaPairs } from '../src/numerics/lmul-table.js';
import { quality } from '../src/numerics/quality.js';
import { seededRandom } from '../src/numerics/random.js';
import { testDevice } from './support/dawn.js';

const { gpu, pipelines } = await testDevice();
const nowMs = (): number => performance.now();
const everything = { seed: 1, distribution: 'normal', referenceBudget: Number.POSITIVE_INFINITY, nowMs } as const;
const everyRow = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, row) => row);
const { kernels } = ladders.get('elementwise-lmul')!;

interface Patterns {
  readonly A: Uint32Array<ArrayBuffer>;
  readonly B: Uint32Array<ArrayBuffer>;
}

/** Verifies every rung on these very patterns; the reference's bound is zero. */
async function verifyAll(patterns: Patterns, format: LmulShape): Promise<void> {
  const operation: Operation = {
    ...elementwiseLmul,
    inputs: () => patterns as unknown as Record<string, Uint32Array<ArrayBuffer>>,
  };
  const shape = { count: patterns.A.length, ...format };
  const problem = await createProblem(gpu, operation, shape, everything);
  for (const kernel of kernels) {
    const outcome = await verifyVariant(gpu, pipelines, kernel, defaultTunables(kernel), problem, nowMs);
    expect(outcome, kernel.id).toMatchObject({ status: 'ok', verification: { elements: shape.count } });
    if (outcome.status === 'ok') outcome.bound.destroy();
  }
  problem.destroy();
}

function allPairs(patterns: readonly number[]): Patterns {
  const side = patterns.length;
  const pair = (pick: (i: number) => number): Uint32Array<ArrayBuffer> =>
    Uint32Array.from({ length: side * side }, (_, i) => patterns[pick(i)]!);
  return { A: pair((i) => Math.floor(i / side)), B: pair((i) => i % side) };
}

/** The value of an e4m3 code (bias 7, no infinity, NaN at S.1111.111), as an f32 bit pattern. */
function e4m3(code: number): number {
  const exponent = (code >> 3) & 15;
  const fraction = code & 7;
  const magnitude = exponent === 0 ? fraction * 2 ** -9 : (1 + fraction / 8) * 2 ** (exponent - 7);
  const value = exponent === 15 && fraction === 7 ? Number.NaN : code & 0x80 ? -magnitude : magnitude;
  return bitsOf(Float32Array.of(value))[0]!;
}

const formats = variedFormats.map((format) => ({ format, title: JSON.stringify(format) }));

describe('element-wise L-Mul on the GPU is bit-equal to the reference', () => {
  const e4m3Pairs = allPairs(Array.from({ length: 256 }, (_, code) => e4m3(code)));

  it.each(formats)('over all 2^16 pairs of e4m3 codes: $title', async ({ format }) => {
    await verifyAll(e4m3Pairs, format);
  });

  it.each(formats)('over all pairs of edge cases: $title', async ({ format }) => {
    await verifyAll(allPairs(edgePatterns), format);
  });

  it.each(formats.slice(3, 6))('over 2^20 random bit patterns: $title', async ({ format }) => {
    const random = seededRandom(20261121);
    const draw = (): Uint32Array<ArrayBuffer> => new Uint32Array(2 ** 20).map(() => random.below(2 ** 32));
    await verifyAll({ A: draw(), B: draw() }, format);
  });

  it.each([1, 2, 3])('over 2^20 normal values with special values among them, mode %d', async (mode) => {
    await verifyAll(
      elementwiseLmul.inputs({ count: 2 ** 20, ...exactF32, mode }, seededRandom(5)) as unknown as Patterns,
      { ...exactF32, mode },
    );
  });

  it.each([1, 2, 3])('over all pairs of 7-bit mantissas at several exponents, mode %d', async (mode) => {
    const { x, y } = mantissaPairs(7);
    for (const [p, q] of [
      [0, 0],
      [60, 60],
      [-61, -65],
      [127, -126],
    ] as const) {
      const [A, B] = [x.map((value) => value * 2 ** p), y.map((value) => -value * 2 ** q)].map(
        (values) => new Uint32Array(values.buffer),
      );
      await verifyAll({ A: A!, B: B! }, { ...exactF32, mode });
    }
  });
});

describe('the checker', () => {
  it('fails a result that is off by one unit in the last place', async () => {
    const wrong: Operation = {
      ...elementwiseLmul,
      reference: (inputs, shape, pick) =>
        elementwiseLmul
          .reference(inputs, shape, pick)
          .map((one) => ({ ...one, values: one.values.map((v, i) => (i === 40 ? v + 1 : v)) })),
    };
    const problem = await createProblem(gpu, wrong, { count: 64, ...exactF32 }, everything);
    const kernel = kernels[0]!;
    const outcome = await verifyVariant(gpu, pipelines, kernel, defaultTunables(kernel), problem, nowMs);
    problem.destroy();
    expect(outcome.status).toBe('wrong');
  });
});

describe('L-Mul GEMM', () => {
  const { operation, kernels: rungs } = ladders.get('gemm-lmul')!;
  const zeros: Operation = {
    ...operation,
    inputs: ({ m, n, k }) => ({ A: new Float32Array(m! * k!), B: new Float32Array(k! * n!) }),
  };

  it.each(rungs)('$id sums no padding: in the fast mode a padded zero would add 2^-120', async (kernel) => {
    // One over a tile of 32: a tile filled up with zeros would add 31 more products, and one is beyond the bound.
    for (const [mode, sum] of [
      [2, 33 * 1.0625 * 2 ** -120],
      [1, 0],
    ] as const) {
      const problem = await createProblem(gpu, zeros, { m: 5, n: 6, k: 33, ...exactF32, mode }, everything);
      const outcome = await verifyVariant(gpu, pipelines, kernel, defaultTunables(kernel), problem, nowMs);
      problem.destroy();
      expect(outcome).toMatchObject({ status: 'ok' });
      if (outcome.status === 'ok') outcome.bound.destroy();
      const { values, bounds } = operation.reference(problem.inputs, problem.shape, everyRow)[0]!;
      expect(values[0]).toBe(sum);
      expect(bounds[0]).toBeLessThan(1.0625 * 2 ** -120);
    }
  });
});

describe('attention with L-Mul', () => {
  const shape = { heads: 20, queries: 64, keys: 64, headSize: 64, ...exactF32 };

  it('differs from exact attention by 4.5 % at 64 tokens and 64 columns', () => {
    const inputs = attentionLmul.inputs(shape, seededRandom(9));
    const [approximate] = attentionLmul.reference(inputs, shape, everyRow);
    const [exact] = attentionLmul.unquantized!(shape, seededRandom(9), everyRow);
    expect(Math.abs(quality(exact!.values, approximate!.values).relativeRms / 0.045 - 1)).toBeLessThan(0.1);
  });

  it('is bounded far below what the approximation costs', () => {
    const inputs = attentionLmul.inputs(shape, seededRandom(9));
    const { values, bounds } = attentionLmul.reference(inputs, shape, everyRow)[0]!;
    const meanBound = bounds.reduce((a, b) => a + b) / bounds.length;
    const meanValue = values.reduce((a, b) => a + Math.abs(b), 0) / values.length;
    expect(meanBound / meanValue).toBeLessThan(1e-3);
  });
});

it('multiplies as the formats say', () => {
  const one = 0x3f80_0000;
  expect(variedFormats.map((format) => lmulBits(one, one, lmulFormatOf(format)) - one)).toEqual([
    2 ** 19,
    2 ** 19,
    2 ** 19,
    2 ** 20,
    2 ** 20,
    2 ** 19,
    0,
  ]);
});

it('refuses formats that do not exist in one sentence', () => {
  expect(() => lmulFormatOf({ ...exactF32, mode: 4 })).toThrow(
    'mode is 1 (adder exact), 2 (adder fast) or 3 (closed form), not 4.',
  );
  expect(() => lmulFormatOf({ ...exactF32, rounding: 3 })).toThrow(
    'rounding is 1 (truncate) or 2 (nearest even), not 3.',
  );
  for (const kernel of [...kernels, ...ladders.get('gemm-lmul')!.kernels, ...ladders.get('attention-lmul')!.kernels]) {
    const shape = { ...kernel.computes.cases[0], mantissaBits: 24 };
    const limits = { maxComputeInvocationsPerWorkgroup: 256, maxComputeWorkgroupStorageSize: 16384 };
    const facts = { features: [], language: [], limits };
    expect(kernel.valid?.({ shape, tunables: defaultTunables(kernel) }, facts)).toMatch(
      /2 to 23 mantissa bits, not 24/,
    );
  }
});
