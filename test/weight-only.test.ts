/** Operations with packed weights: impossible shapes refused in a sentence, accuracy as known, bytes as the format says. */
import { describe, expect, it } from 'vitest';
import { gemmInt4A8 } from '../shaders/gemm-int4-a8/operation.js';
import { gemvAnyBit } from '../shaders/gemv-anybit/operation.js';
import { gemvInt4 } from '../shaders/gemv-int4/operation.js';
import { gemvInt4F16 } from '../shaders/gemv-int4-f16/operation.js';
import { refuseShape } from '../src/gpu/pipelines.js';
import type { Operation, Shape } from '../src/kernel/operation.js';
import { relativeRms } from '../src/numerics/quality.js';
import { seededRandom } from '../src/numerics/random.js';

const all = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);
const facts = { features: [], language: [], limits: { maxStorageBufferBindingSize: 2 ** 30, maxBufferSize: 2 ** 30 } };

describe('refusals', () => {
  it.each([
    [{ n: 8, k: 96, groupSize: 64, scheme: 1 }, 'k = 96 is not divisible by the group of 64'],
    [{ n: 8, k: 96, groupSize: 48, scheme: 1 }, 'A group of 48 is not supported; choose 32, 64, 128.'],
    [{ n: 8, k: 64, groupSize: 32, scheme: 4 }, 'scheme is 1 (symmetric), 2 (with zero point) or 3 (NF4), not 4.'],
  ])('gemv-int4 %o', (shape, sentence) => {
    expect(refuseShape(gemvInt4, shape, facts)).toMatchObject({ status: 'unsupported' });
    expect(refuseShape(gemvInt4, shape, facts)?.reason).toContain(sentence);
    expect(() => gemvInt4.inputs(shape, seededRandom(1))).toThrow(sentence);
  });
  it.each([
    [{ n: 8, k: 64, bits: 9, encoding: 2, groupSize: 32 }, 'A width of 9 bits is out of range; choose 1 to 8.'],
    [{ n: 8, k: 64, bits: 4, encoding: 7, groupSize: 32 }, 'A float of 4 bits has 1 to 3 exponent bits, not 5'],
    [{ n: 8, k: 40, bits: 4, encoding: 2, groupSize: 32 }, 'k = 40 is not divisible by the group of 32'],
  ])('gemv-anybit %o', (shape, sentence) => {
    expect(refuseShape(gemvAnyBit, shape, facts)?.reason).toContain(sentence);
  });
  it('NF4 has no integer product', () => {
    const shape = { m: 4, n: 8, k: 64, groupSize: 32, scheme: 3 };
    expect(refuseShape(gemmInt4A8, shape, facts)?.reason).toContain('NF4 codes are not evenly spaced');
  });
});

describe('accuracy against the unquantized product', () => {
  it.each<[string, Operation, Shape, number]>([
    ['int4, groups of 32', gemvInt4, { n: 256, k: 1024, groupSize: 32, scheme: 1 }, 0.0971],
    ['int4, groups of 128', gemvInt4, { n: 256, k: 1024, groupSize: 128, scheme: 1 }, 0.117],
    ['W4A8, groups of 32', gemmInt4A8, { m: 32, n: 64, k: 1024, groupSize: 32, scheme: 1 }, 0.0974],
  ])('%s', (_, operation, shape, expected) => {
    const [computed] = operation.reference(operation.inputs(shape, seededRandom(3)), shape, all);
    const [exact] = operation.unquantized!(shape, seededRandom(3), all);
    const error = relativeRms(exact!.values, computed!.values);
    expect(Math.abs(error / expected - 1), `relative RMS ${error}`).toBeLessThan(0.1);
  });
});

describe('bytes of weights', () => {
  it.each([32, 64, 128])('int4 with f16 scales in groups of %i: 4 + 16/g bits per weight', (groupSize) => {
    const { bytesRead } = gemvInt4F16.cost({ n: 512, k: 1024, groupSize, scheme: 1 });
    expect(((bytesRead - 2 * 1024) * 8) / (512 * 1024)).toBe(4 + 16 / groupSize);
  });
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('%i bits: n·k·b/8, and scales', (bits) => {
    const { bytesRead } = gemvAnyBit.cost({ n: 512, k: 1024, bits, encoding: 2, groupSize: 64 });
    expect(bytesRead).toBe((512 * 1024 * bits) / 8 + (4 * 512 * 1024) / 64 + 4 * 1024);
  });
});
