/** Each method against round-to-nearest on a layer made so that its paper says it should win, with the figures it must show. */
import { describe, expect, it } from 'vitest';
import { dequantized, type Matrix, roundToNearest } from '../../../src/models/quantize/matrix.js';
import { adaround } from '../../../src/models/quantize/methods/adaround.js';
import { gpfq, gpfqRow } from '../../../src/models/quantize/methods/gpfq.js';
import { gptq } from '../../../src/models/quantize/methods/gptq.js';
import { choleskyLower, gram, invertLower } from '../../../src/models/quantize/methods/linear-algebra.js';
import { hadamardMatrix, rotate } from '../../../src/models/quantize/methods/prepare.js';
import { biasShift } from '../../../src/models/quantize/methods/round.js';
import { parseScheme } from '../../../src/models/quantize/schemes.js';
import { seededRandom } from '../../../src/numerics/random.js';

function normal(rows: number, columns: number, seed: number): Matrix {
  return { rows, columns, data: seededRandom(seed).values(rows * columns) };
}

/** Inputs whose columns hang together, as those of real layers do: a few factors and a little noise. */
function correlated(rows: number, columns: number, seed: number, mixSeed = 99): Matrix {
  const factors = 8;
  const [hidden, mix, noise] = [
    normal(rows, factors, seed),
    normal(factors, columns, mixSeed),
    normal(rows, columns, seed + 2),
  ];
  const data = noise.data.map((value, i) => {
    let sum = 0.1 * value;
    for (let f = 0; f < factors; f++)
      sum += hidden.data[Math.floor(i / columns) * factors + f]! * mix.data[f * columns + (i % columns)]!;
    return sum;
  });
  return { rows, columns, data };
}

/** ‖X(Ŵ − W)ᵀ‖² / ‖XWᵀ‖². */
function outputError(exact: Matrix, approximate: Matrix, inputs: Matrix): number {
  let [error, signal] = [0, 0];
  for (let m = 0; m < inputs.rows; m++) {
    for (let row = 0; row < exact.rows; row++) {
      let [difference, sum] = [0, 0];
      for (let i = 0; i < exact.columns; i++) {
        const x = inputs.data[m * exact.columns + i]!;
        const w = exact.data[row * exact.columns + i]!;
        sum += x * w;
        difference += x * (approximate.data[row * exact.columns + i]! - w);
      }
      error += difference ** 2;
      signal += sum ** 2;
    }
  }
  return error / signal;
}

describe('error feedback', () => {
  const weights = normal(16, 96, 1);
  const [seen, unseen] = [correlated(256, 96, 10), correlated(256, 96, 20)];
  for (const id of ['int4', 'int4-g32', 'int3-g32', 'nf4-g32', 'int4-g32-asym']) {
    const scheme = parseScheme(id).weights!;
    it(`halves the error of the output at least, with ${id}`, () => {
      const nearest = outputError(weights, dequantized(roundToNearest(weights, scheme)), unseen);
      for (const [name, method] of Object.entries({ gptq, gpfq, adaround })) {
        expect(outputError(weights, dequantized(method(weights, scheme, seen)), unseen), name).toBeLessThan(
          nearest / 2,
        );
      }
    });
  }

  it('changes nothing where inputs have nothing in common', () => {
    const scheme = parseScheme('int4-g32').weights!;
    const identity: Matrix = { rows: 96, columns: 96, data: new Float32Array(96 * 96) };
    for (let i = 0; i < 96; i++) identity.data[97 * i] = 1;
    const nearest = roundToNearest(weights, scheme).codes;
    expect(gptq(weights, scheme, identity).codes).toEqual(nearest);
    expect(gpfq(weights, scheme, identity).codes).toEqual(nearest);
    expect(adaround(weights, scheme, identity).codes).toEqual(nearest);
  });

  it('survives inputs that never fire', () => {
    const dead: Matrix = { rows: 8, columns: 96, data: new Float32Array(8 * 96) };
    const scheme = parseScheme('int4-g32').weights!;
    for (const method of [gptq, gpfq, adaround]) {
      expect(dequantized(method(weights, scheme, dead)).data.every(Number.isFinite)).toBe(true);
    }
  });

  /** The figures of GPFQ with 16 neurons, 64 samples, K levels each side: error by width, against plain rounding. */
  it.each([
    [1, [0.157, 0.064, 0.0133, 0.004], [0.2, 0.28]],
    [3, [0.0185, 0.0074, 0.0017, 0.00043], [0.02, 0.035]],
    [7, [0.003, 0.0012, 0.0003, 7.6e-5], [0.004, 0.0065]],
  ] as const)('falls with the width as GPFQ promises, %i levels', (levels, expected, plain) => {
    const samples = 64;
    const round = (value: number): number =>
      (Math.sign(value) * Math.min(Math.floor(Math.abs(value) * levels + 0.5), levels)) / levels;
    const errors = [64, 256, 1024, 4096].map((width) => {
      const inputs = normal(samples, width, width).data;
      const columns = new Float32Array(inputs.length);
      for (let m = 0; m < samples; m++)
        for (let t = 0; t < width; t++) columns[t * samples + m] = inputs[m * width + t]!;
      const x: Matrix = { rows: samples, columns: width, data: inputs };
      const w: Matrix = { rows: 16, columns: width, data: seededRandom(5, 'uniform').values(16 * width) };
      const rows = Array.from({ length: 16 }, (_, row) =>
        gpfqRow(
          w.data.subarray(row * width, (row + 1) * width),
          { float: columns, quantized: columns, samples },
          round,
        ),
      );
      const q: Matrix = { ...w, data: Float32Array.from(rows.flatMap((row) => [...row])) };
      const nearest = outputError(w, { ...w, data: w.data.map(round) }, x);
      expect(nearest).toBeGreaterThan(plain[0]);
      expect(nearest).toBeLessThan(plain[1]);
      return outputError(w, q, x);
    });
    // First and last are measured figures; those between lie on the line of the theorem, slope −1.
    for (const i of [0, 3]) {
      expect(errors[i]! / expected[i]!).toBeGreaterThan(1 / 1.5);
      expect(errors[i]! / expected[i]!).toBeLessThan(1.5);
    }
    const slope = Math.log(errors[3]! / errors[1]!) / Math.log(4096 / 256);
    expect(slope).toBeGreaterThan(-1.3);
    expect(slope).toBeLessThan(-0.8);
  });
});

describe('Hadamard rotation', () => {
  it('is its own inverse and leaves products as they are', () => {
    const data = seededRandom(1).values(512);
    const twice = data.slice();
    rotate(twice, 128);
    rotate(twice, 128);
    expect(Math.max(...twice.map((value, i) => Math.abs(value - data[i]!)))).toBeLessThan(1e-5);
    const matrix = hadamardMatrix(16);
    for (let i = 0; i < 16; i++)
      for (let j = 0; j < 16; j++) {
        let dot = 0;
        for (let k = 0; k < 16; k++) dot += matrix[i * 16 + k]! * matrix[j * 16 + k]!;
        expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThan(1e-6);
      }
  });

  /** 4 of 256 channels 30 times as large: kurtosis 166 → 3.04; W4A4 0.075 → 0.023, W8A8 7.9e-4 → 6.9e-5. */
  it('spreads outlier channels as the figures say', () => {
    const [tokens, width] = [256, 256];
    const x = normal(tokens, width, 2);
    for (let i = 0; i < x.data.length; i++) if ((i % width) % 64 === 5) x.data[i]! *= 30;
    const w = normal(64, width, 3);
    const [rotatedX, rotatedW] = [x, w].map((matrix) => {
      const data = matrix.data.slice();
      rotate(data, width);
      return { ...matrix, data };
    }) as [Matrix, Matrix];
    expect(kurtosis(x.data)).toBeGreaterThan(120);
    expect(kurtosis(rotatedX.data)).toBeLessThan(3.5);
    const perRow = (matrix: Matrix, bits: 4 | 8): Matrix =>
      dequantized(roundToNearest(matrix, parseScheme(bits === 4 ? 'int4' : 'int8-weights').weights!));
    const gains = ([4, 8] as const).map((bits) => {
      const [plain, turned] = [
        product(perRow(x, bits), perRow(w, bits)),
        product(perRow(rotatedX, bits), perRow(rotatedW, bits)),
      ];
      const exact = product(x, w);
      return 10 * Math.log10(relative(exact, plain) / relative(exact, turned));
    });
    expect(Math.abs(gains[0]! - 5.1)).toBeLessThan(1.5);
    expect(Math.abs(gains[1]! - 10.6)).toBeLessThan(1.5);
  });
});

describe('bias correction', () => {
  it('takes the mean error of every channel away on the inputs it saw', () => {
    const inputs = correlated(200, 96, 4);
    inputs.data.forEach((value, i) => {
      inputs.data[i] = Math.max(0, value) + 0.5;
    });
    const weights = normal(12, 96, 8);
    const rounded = dequantized(roundToNearest(weights, parseScheme('int3-g32').weights!));
    const shift = biasShift({ groups: 1 }, weights, rounded, [inputs], [inputs]);
    const [exact, plain] = [product(inputs, weights), product(inputs, rounded)];
    const corrected = plain.map((value, i) => value + shift[i % 12]!);
    expect(relative(exact, corrected)).toBeLessThan(relative(exact, plain));
    for (let row = 0; row < 12; row++) {
      let mean = 0;
      for (let m = 0; m < 200; m++) mean += (corrected[m * 12 + row]! - exact[m * 12 + row]!) / 200;
      expect(Math.abs(mean)).toBeLessThan(1e-4);
    }
  });
});

describe('linear algebra', () => {
  it('factors and inverts', () => {
    const x = normal(40, 12, 1);
    const a = gram(x);
    const lower = choleskyLower(a, 12);
    const inverse = invertLower(lower, 12);
    for (let i = 0; i < 12; i++)
      for (let j = 0; j < 12; j++) {
        let [square, unit] = [0, 0];
        for (let k = 0; k < 12; k++) {
          square += lower[i * 12 + k]! * lower[j * 12 + k]!;
          unit += lower[i * 12 + k]! * inverse[k * 12 + j]!;
        }
        expect(Math.abs(square - a[i * 12 + j]!)).toBeLessThan(1e-9);
        expect(Math.abs(unit - (i === j ? 1 : 0))).toBeLessThan(1e-9);
      }
  });
});

/** X·Wᵀ. */
function product(x: Matrix, w: Matrix): Float64Array {
  return Float64Array.from({ length: x.rows * w.rows }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < x.columns; k++)
      sum += x.data[Math.floor(i / w.rows) * x.columns + k]! * w.data[(i % w.rows) * x.columns + k]!;
    return sum;
  });
}

function relative(exact: Float64Array, found: Float64Array): number {
  let [error, signal] = [0, 0];
  exact.forEach((value, i) => {
    error += (found[i]! - value) ** 2;
    signal += value ** 2;
  });
  return error / signal;
}

function kurtosis(values: Float32Array): number {
  let [square, fourth] = [0, 0];
  for (const value of values) {
    square += value ** 2 / values.length;
    fourth += value ** 4 / values.length;
  }
  return fourth / square ** 2;
}
