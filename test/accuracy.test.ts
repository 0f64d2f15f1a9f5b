/** Accuracy beside correctness: every quantized and approximate operation says what it costs, whatever its outputs look like. */
import { describe, expect, it } from 'vitest';
import { exactF32, lmulFormatOf } from '../shaders/lib/lmul-format.js';
import { createProblem } from '../src/bench/problem.js';
import type { Accuracy } from '../src/bench/results.js';
import { verifyVariant } from '../src/bench/verify.js';
import { ladders } from '../src/kernel/catalog.js';
import type { Shape } from '../src/kernel/operation.js';
import { defaultTunables } from '../src/kernel/tunables.js';
import { lmulArray } from '../src/numerics/lmul.js';
import { quality } from '../src/numerics/quality.js';
import { type Distribution, distributions, seededRandom } from '../src/numerics/random.js';
import { testDevice } from './support/dawn.js';

const { gpu, pipelines } = await testDevice();
const nowMs = (): number => performance.now();

/** Families whose result is not that of their unquantized operands, by folder. */
const approximate = /int8|int4|anybit|lmul|spm[mv]|binary(?!-i32)|ternary|w2a2|f16/;
/** Here `binary` means two operands; integer operators and packing take codes, and no numbers come before those. */
const exactFamilies = /^(elementwise-binary|peak-|pack-int8$)|int8-codes$/;
const families = [...ladders.values()].filter(
  ({ operation: { id } }) => approximate.test(id) && !exactFamilies.test(id),
);

/** Accuracy that the first rung that runs here is reported with, or the reason why none does. */
async function accuracyOf(id: string, shape: Shape, distribution: Distribution = 'normal'): Promise<Accuracy | string> {
  const { operation, kernels } = ladders.get(id)!;
  const options = { seed: 7, distribution, referenceBudget: Number.POSITIVE_INFINITY, nowMs };
  const problem = await createProblem(gpu, operation, shape, options);
  try {
    let reason = '';
    for (const kernel of kernels) {
      const outcome = await verifyVariant(gpu, pipelines, kernel, defaultTunables(kernel), problem, nowMs);
      if (outcome.status === 'ok') {
        outcome.bound.destroy();
        expect(outcome.accuracy, `${kernel.id} has no accuracy`).toBeDefined();
        return outcome.accuracy!;
      }
      expect(outcome).toMatchObject({ status: 'unsupported' });
      reason = outcome.reason;
    }
    return reason;
  } finally {
    problem.destroy();
  }
}

describe('every quantized and approximate family', () => {
  it('is found', () => expect(families.length).toBeGreaterThan(28));

  it.each(families)(
    '$operation.id is reported with its distance from the unquantized result',
    async ({ operation }) => {
      const accuracy = await accuracyOf(operation.id, operation.cases[1]!);
      if (typeof accuracy === 'string') {
        // Only what needs a feature has no plainer rung.
        expect(accuracy).toContain('shader-f16');
        expect(operation.unquantized).toBeDefined();
        return;
      }
      expect(accuracy.relativeRms).toBeGreaterThan(0);
      expect(accuracy.relativeRms).toBeLessThan(1);
      expect(accuracy.sqnrDb).toBeCloseTo(-20 * Math.log10(accuracy.relativeRms), 6);
    },
  );
});

describe('outputs that are codes', () => {
  it.each(distributions)('of int8 stand for what dequantizing them gives: %s', async (distribution) => {
    const shape = { m: 256, k: 64 };
    const [quantized, dequantized] = [
      await accuracyOf('quantize-int8', shape, distribution),
      await accuracyOf('dequantize-int8', shape, distribution),
    ] as [Accuracy, Accuracy];
    // One row in 256 is zeros where quantizing is tested, and rows weigh unequally where outliers are rare.
    expect(quantized.relativeRms / dequantized.relativeRms).toBeGreaterThan(0.8);
    expect(quantized.relativeRms / dequantized.relativeRms).toBeLessThan(1.25);
  });

  it('of L-Mul are f32 patterns: 3.15 % on normal operands, and what the reference says of the same pairs', async () => {
    const { relativeRms } = (await accuracyOf('elementwise-lmul', { count: 2 ** 16, ...exactF32 })) as Accuracy;
    expect(Math.abs(relativeRms / 0.0315 - 1)).toBeLessThan(0.1);
    const random = seededRandom(11);
    const [a, b] = [random.values(2 ** 16), random.values(2 ** 16)];
    const products = Float64Array.from(a, (x, i) => x * b[i]!);
    const reference = quality(products, lmulArray(a, b, lmulFormatOf(exactF32))).relativeRms;
    expect(Math.abs(relativeRms / reference - 1)).toBeLessThan(0.05);
  });
});
