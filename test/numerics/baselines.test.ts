/** Error baselines of formats that hold for any seed: matrix products, SQNR by format and distribution, group-wise INT4. */
import { describe, expect, it } from 'vitest';
import { roundToBfloat16 } from '../../src/numerics/bfloat16.js';
import { dequantizeInt4, quantizeInt4 } from '../../src/numerics/int4.js';
import { matmulRows } from '../../src/numerics/matmul.js';
import { miniFloat, roundToMiniFloat } from '../../src/numerics/minifloat.js';
import { posit, roundToPosit } from '../../src/numerics/posit.js';
import { bestScale, peak, relativeRms, sqnr, throughFormat } from '../../src/numerics/quality.js';
import { type Distribution, seededRandom } from '../../src/numerics/random.js';

const m = 256;
const k = 1024;
const n = 256;
const random = seededRandom(11);
const a = random.values(m * k);
/** By columns: n × k, as weights are quantized. */
const w = random.values(n * k);
/** A sixteenth of the rows: 4096 elements are enough for an error within 10 %. */
const rows = Uint32Array.from({ length: m / 16 }, (_, i) => 16 * i);
const product = (left: ArrayLike<number>, right: ArrayLike<number>): Float64Array => {
  const byRows = Float64Array.from({ length: k * n }, (_, i) => right[(i % n) * k + Math.floor(i / n)]!);
  return matmulRows(left, byRows, { n, k }, rows).values;
};
const exact = product(a, w);

describe('relative RMS of a 256 × 1024 × 256 product of normal operands', () => {
  it.each([
    ['e4m3', 0.0374],
    ['e3m4', 0.0186],
    ['e5m2', 0.0743],
  ])('%s with per-tensor scales: %f', (name, expected) => {
    const format = miniFloat(name);
    const round = (values: Float32Array): Float64Array =>
      throughFormat(values, (value) => roundToMiniFloat(format, value), peak(values) / format.max);
    expectWithin(relativeRms(exact, product(round(a), round(w))), expected);
  });
  it('bf16 operands: 2.34e-3', () => {
    expectWithin(relativeRms(exact, product(a.map(roundToBfloat16), w.map(roundToBfloat16))), 2.34e-3);
  });
  it('Q2.14 operands after division by 8: 2.0e-4', () => {
    const round = (values: Float32Array): Float64Array =>
      Float64Array.from(
        values,
        (value) => 8 * 2 ** -14 * Math.max(-(2 ** 15), Math.min(2 ** 15 - 1, Math.round((value / 8) * 2 ** 14))),
      );
    expectWithin(relativeRms(exact, product(round(a), round(w))), 2.0e-4);
  });
  it('4-bit codes per row and column: 0.201', () => {
    const round = (values: Float32Array): Float64Array => {
      const rounded = new Float64Array(values.length);
      for (let from = 0; from < values.length; from += k) {
        const row = values.subarray(from, from + k);
        rounded.set(throughFormat(row, Math.round, peak(row) / 7), from);
      }
      return rounded;
    };
    expectWithin(relativeRms(exact, product(round(a), round(w))), 0.201);
  });
  it('f32 with four running sums, as vectors of four have: 2.9e-7', () => {
    const { fround } = Math;
    const sums = Float64Array.from(exact, (_, i) => {
      const [row, column] = [rows[Math.floor(i / n)]!, i % n];
      const running = [0, 0, 0, 0];
      for (let p = 0; p < k; p++) {
        running[p % 4] = fround(running[p % 4]! + fround(a[row * k + p]! * w[column * k + p]!));
      }
      const [r, s, t, u] = running as [number, number, number, number];
      return fround(fround(r + s) + fround(t + u));
    });
    expectWithin(relativeRms(exact, sums), 2.9e-7);
  });
  it.each([
    [32, 0.0971],
    [128, 0.117],
  ])('INT4 weights in groups of %i: %f', (groupSize, expected) => {
    const weights = dequantizeInt4(quantizeInt4(w, { n, k, groupSize, scheme: 'symmetric' }));
    expectWithin(relativeRms(exact, product(a, weights)), expected);
  });
});

function expectWithin(actual: number, expected: number): void {
  expect(Math.abs(actual / expected - 1)).toBeLessThan(0.1);
}

it.each([
  [32, 20.3],
  [64, 19.3],
  [128, 18.6],
])('group-wise INT4 of normal weights, groups of %i: %f dB', (groupSize, expected) => {
  const weights = seededRandom(12).values(4000 * 128);
  const sizes = { n: 4000, k: 128, groupSize, scheme: 'symmetric' } as const;
  expect(Math.abs(sqnr(weights, dequantizeInt4(quantizeInt4(weights, sizes))) - expected)).toBeLessThan(0.3);
});

const columns: readonly Distribution[] = ['uniform', 'normal', 'laplace', 'student-t3', 'outliers'];
const samples = columns.map((distribution) => seededRandom(13, distribution).values(60_000));
const integer = (limit: number) => ({
  max: limit,
  round: (value: number): number => Math.max(-limit, Math.min(limit, Math.round(value))),
});
const small = (name: string) => {
  const format = miniFloat(name);
  return { max: format.max, round: (value: number): number => roundToMiniFloat(format, value) };
};
const tapered = (bits: number, es: number) => {
  const format = posit(bits, es);
  return { max: format.max, round: (value: number): number => roundToPosit(format, value) };
};

/**
 * dB. The largest of 60,000 samples sets the scale of evenly spaced formats. It varies from draw to draw: of Laplace by about
 * 1 dB (Gumbel), of Student-t(3) by about 4 dB (Fréchet, one third of 1.28 nepers). Tapered formats hardly depend on it.
 */
const steady = 0.5;
const tail = 2;
const loose = 5;

describe('SQNR at the best per-tensor scale, dB: uniform, normal, Laplace, Student-t(3), 1 % outliers × 20', () => {
  it.each([
    ['int8', integer(127), [48.1, 40.8, 35.7, 26.3, 24.2], [steady, steady, tail, loose, loose]],
    ['int4', integer(7), [23.5, 18.8, 15.8, 10.4, 6.7], [steady, steady, tail, loose, loose]],
    ['e2m5', small('e2m5'), [44.4, 42.8, 40.4, 31.4, 29.6], [steady, steady, tail, loose, loose]],
    ['e3m4', small('e3m4'), [38.5, 37.6, 37.6, 37.6, 37.7], steady],
    ['e4m3', small('e4m3'), [32.1, 31.6, 31.6, 31.7, 31.8], steady],
    ['e5m2', small('e5m2'), [26.3, 25.7, 25.5, 25.6, 25.7], steady],
    ['e2m1', small('e2m1'), [20.1, 19.0, 17.4, 12.4, 8.7], [steady, steady, tail, loose, loose]],
    ['posit(8,0)', tapered(8, 0), [44.2, 40.6, 39.7, 35.6, 32.0], [steady, steady, tail, loose, loose]],
    ['posit(8,1)', tapered(8, 1), [38.5, 37.5, 37.2, 35.5, 34.7], [steady, steady, steady, tail, steady]],
    ['posit(4,1)', tapered(4, 1), [14.5, 14.2, 14.0, 13.0, 11.9], steady],
  ] as const)('%s', (_, format, expected, tolerance) => {
    columns.forEach((column, i) => {
      const { sqnrDb } = bestScale(samples[i]!, format.round, format.max);
      const allowed = typeof tolerance === 'number' ? tolerance : tolerance[i]!;
      expect(Math.abs(sqnrDb - expected[i]!), `${column}: ${sqnrDb.toFixed(2)} dB`).toBeLessThan(allowed);
    });
  });
});
