/** 4-bit quantization and layout: against plain rounding, published codebooks and the byte layouts of ONNX and GGUF. */
import { describe, expect, it } from 'vitest';
import { encodeFloat16 } from '../../src/numerics/float16.js';
import { FormatError } from '../../src/numerics/format-error.js';
import { dequantizeInt4, type Int4Scheme, nf4Codebook, quantizeInt4 } from '../../src/numerics/int4.js';
import { fromMatMulNBits, fromQ4_0, packInt4, unpackInt4, unpackInt4Matrix } from '../../src/numerics/int4-layout.js';
import { seededRandom } from '../../src/numerics/random.js';

const schemes: readonly Int4Scheme[] = ['symmetric', 'zero-point', 'nf4'];
const sizes = { n: 5, k: 256, groupSize: 64 } as const;
const weights = seededRandom(3).values(sizes.n * sizes.k);

/** Inverse of the normal distribution function by bisection on a numerically integrated density. */
function normalQuantile(probability: number): number {
  const steps = 4000;
  const cdf = (x: number): number => {
    let sum = 0;
    for (let i = 0; i <= steps; i++) {
      const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
      sum += weight * Math.exp(-(((i * x) / steps) ** 2) / 2);
    }
    return 0.5 + ((x / steps / 3) * sum) / Math.sqrt(2 * Math.PI);
  };
  let low = -6;
  let high = 6;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (cdf(middle) < probability) low = middle;
    else high = middle;
  }
  return low;
}

describe('quantization', () => {
  it('symmetric: nearest of 15 steps of a seventh of the largest magnitude', () => {
    const matrix = quantizeInt4(weights, { ...sizes, scheme: 'symmetric' });
    const values = dequantizeInt4(matrix);
    for (let group = 0; group < matrix.scales.length; group++) {
      const part = weights.subarray(group * 64, group * 64 + 64);
      const scale = Math.fround(Math.max(...part.map(Math.abs)) / 7);
      expect(matrix.scales[group]).toBe(scale);
      part.forEach((weight, i) => {
        expect(Math.abs(values[group * 64 + i]! - weight)).toBeLessThanOrEqual(scale * 0.500001);
      });
    }
    expect(Math.min(...matrix.codes)).toBe(1);
  });

  it('with zero point: 16 steps over the range, half a step of error but at the ends', () => {
    const shifted = weights.map((weight) => weight + 2);
    const matrix = quantizeInt4(shifted, { ...sizes, scheme: 'zero-point' });
    const values = dequantizeInt4(matrix);
    values.forEach((value, i) => {
      expect(Math.abs(value - shifted[i]!)).toBeLessThanOrEqual(matrix.scales[Math.floor(i / 64)]! * 1.001);
    });
    expect(new Set(matrix.codes).size).toBe(16);
  });

  it('NF4: the codebook holds the scaled quantiles it is defined by', () => {
    const offset = 0.9677083;
    const quantiles = (count: number): number[] =>
      Array.from({ length: count - 1 }, (_, i) => normalQuantile(offset + ((0.5 - offset) * i) / (count - 1)));
    const defined = [...quantiles(8).map((value) => -value), 0, ...quantiles(9)].sort((a, b) => a - b);
    const largest = Math.max(...defined);
    expect(nf4Codebook).toHaveLength(16);
    for (let i = 0; i < 16; i++) expect(nf4Codebook[i]).toBeCloseTo(defined[i]! / largest, 6);
  });

  it.each(schemes)('%s: a group of zeros has scale 0 and stays zero', (scheme) => {
    const matrix = quantizeInt4(new Float32Array(64), { n: 1, k: 64, groupSize: 32, scheme });
    expect([...matrix.scales]).toEqual([0, 0]);
    expect([...dequantizeInt4(matrix)].every((value) => value === 0)).toBe(true);
  });

  it('raises a scale that would be subnormal, so that shaders that flush agree', () => {
    const tiny = new Float32Array(32).fill(1e-6);
    const matrix = quantizeInt4(tiny, { n: 1, k: 32, groupSize: 32, scheme: 'symmetric', scaleFormat: 'f16' });
    expect(matrix.scales[0]).toBe(2 ** -14);
  });

  it('refuses what it cannot hold, in one sentence', () => {
    const options = { n: 1, k: 32, groupSize: 32, scheme: 'symmetric' } as const;
    const bad = new Float32Array(32);
    bad[7] = Number.NaN;
    expect(() => quantizeInt4(bad, options)).toThrow('Weight 7 is NaN; quantization needs finite values.');
    bad[7] = Number.POSITIVE_INFINITY;
    expect(() => quantizeInt4(bad, options)).toThrow(FormatError);
    expect(() => quantizeInt4(new Float32Array(48), { ...options, k: 48 })).toThrow(
      'k = 48 is not divisible by the group',
    );
    expect(() => quantizeInt4(new Float32Array(48), { ...options, groupSize: 48 })).toThrow(
      'A group of 48 is not supported',
    );
    expect(() => quantizeInt4(new Float32Array(31), options)).toThrow('1 × 32 weights expected, 31 given.');
    const large = new Float32Array(32).fill(1e6);
    expect(() => quantizeInt4(large, { ...options, scaleFormat: 'f16' })).toThrow('beyond f16');
  });
});

describe('layout', () => {
  it.each(schemes)('%s: packing is undone by unpacking', (scheme) => {
    const matrix = quantizeInt4(weights, { ...sizes, scheme });
    const packed = packInt4(matrix);
    expect(packed.words).toHaveLength((sizes.n * sizes.k) / 8);
    expect(unpackInt4(packed.words, sizes.n, sizes.k)).toEqual(matrix.codes);
    expect(unpackInt4Matrix(packed, { ...sizes, scheme })).toEqual(matrix);
  });

  it('puts weights 4w … 4w+3 into the low nibbles of word w and 16 later into the high ones', () => {
    const codes = Uint8Array.from({ length: 64 }, (_, i) => i % 16);
    const matrix = {
      n: 2,
      k: 32,
      groupSize: 32,
      scheme: 'symmetric',
      codes,
      scales: Float32Array.of(1, 2),
      zeroPoints: new Uint8Array(2).fill(8),
    } as const;
    const { words, scales, zeroPoints } = packInt4(matrix);
    expect(words[0]).toBe(0x33_22_11_00);
    expect(words[3]).toBe(0xff_ee_dd_cc);
    expect([...words.subarray(4)]).toEqual([...words.subarray(0, 4)]);
    expect([...scales]).toEqual([1, 2]);
    expect([...zeroPoints]).toEqual([0x88]);
  });
});

describe('repacking', () => {
  it('reads MatMulNBits as its definition does', () => {
    const n = 3;
    const k = 96;
    const random = seededRandom(8);
    const b = Uint8Array.from({ length: (n * k) / 2 }, () => random.below(256));
    const scales = random.values(n * 3);
    const zeroPoints = Uint8Array.from({ length: n * 2 }, () => random.below(256));
    for (const zeros of [undefined, zeroPoints]) {
      const values = dequantizeInt4(
        fromMatMulNBits({ n, k, blockSize: 32, b, scales, ...(zeros ? { zeroPoints: zeros } : {}) }),
      );
      for (let row = 0; row < n; row++) {
        for (let p = 0; p < k; p++) {
          const block = Math.floor(p / 32);
          const byte = b[row * 48 + block * 16 + Math.floor((p % 32) / 2)]!;
          const code = p % 2 === 0 ? byte % 16 : Math.floor(byte / 16);
          const packedZero = zeroPoints[row * 2 + Math.floor(block / 2)]!;
          const zero = zeros ? (block % 2 === 0 ? packedZero % 16 : Math.floor(packedZero / 16)) : 8;
          expect(values[row * k + p]).toBe((code - zero) * scales[row * 3 + block]!);
        }
      }
    }
  });

  it('reads Q4_0 as its definition does', () => {
    const bytes = new Uint8Array(4 * 18);
    const random = seededRandom(9);
    for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256);
    const scales = [0.5, -0.25, 3, 2 ** -10];
    const view = new DataView(bytes.buffer);
    for (const [block, scale] of scales.entries()) view.setUint16(block * 18, encodeFloat16(scale), true);
    const values = dequantizeInt4(fromQ4_0(bytes, 2, 64));
    for (let i = 0; i < 128; i++) {
      const block = Math.floor(i / 32);
      const byte = bytes[block * 18 + 2 + (i % 16)]!;
      const code = i % 32 < 16 ? byte % 16 : Math.floor(byte / 16);
      expect(values[i]).toBe((code - 8) * scales[block]!);
    }
  });

  it('refuses lengths that do not fit and blocks the kernels have no layout for', () => {
    expect(() => fromQ4_0(new Uint8Array(17), 1, 32)).toThrow('Q4_0 data holds 17 elements, 18 expected.');
    const weights = { n: 1, k: 32, b: new Uint8Array(16), scales: [1, 1] };
    expect(() => fromMatMulNBits({ ...weights, blockSize: 16 })).toThrow('A group of 16 is not supported');
    expect(() => fromMatMulNBits({ ...weights, blockSize: 32 })).toThrow('scales holds 2 elements, 1 expected.');
  });
});
