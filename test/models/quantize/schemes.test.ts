/** Names of schemes, and the grids that they stand for against the number formats' own quantizers. */
import { describe, expect, it } from 'vitest';
import { QuantizeError } from '../../../src/models/quantize/errors.js';
import { gridOf } from '../../../src/models/quantize/grid.js';
import { dequantized, packedBytes, roundToNearest } from '../../../src/models/quantize/matrix.js';
import { parseMethod } from '../../../src/models/quantize/methods/method.js';
import { parseScheme, schemes } from '../../../src/models/quantize/schemes.js';
import { dequantizeAnyBit, quantizeAnyBit, weightFormat } from '../../../src/numerics/any-bit.js';
import { dequantizeInt4, quantizeInt4 } from '../../../src/numerics/int4.js';
import { dequantize, quantizeInt8 } from '../../../src/numerics/int8.js';
import { sqnr } from '../../../src/numerics/quality.js';
import { seededRandom } from '../../../src/numerics/random.js';

const [rows, columns] = [16, 256];
const matrix = { rows, columns, data: seededRandom(7).values(rows * columns) };

function rounded(id: string, given = matrix) {
  return dequantized(roundToNearest(given, parseScheme(id).weights!)).data;
}

describe('schemes', () => {
  it('are parsed by their own names', () => {
    expect(schemes.length).toBeGreaterThan(20);
    for (const scheme of schemes) expect(parseScheme(scheme.id)).toEqual(scheme);
    expect(parseScheme('int4-g64-asym').weights).toMatchObject({ bits: 4, groupSize: 64, symmetric: false });
    expect(parseScheme('lmul-m4').lmul).toEqual({ m: 4, l: 3, scope: 'all' });
    expect(parseScheme('lmul-m4-l4-attention').lmul).toEqual({ m: 4, l: 4, scope: 'attention' });
  });

  it.each(['', 'int9', 'int4-g33', 'nf4-asym', 'fp8-e2m1', 'lmul-m1', 'lmul-m24', '__proto__', 'INT8'])(
    'refuses %j and lists what there is',
    (id) => {
      const attempt = () => parseScheme(id);
      expect(attempt).toThrow(QuantizeError);
      expect(attempt).toThrow(/int4-g32.*lmul-mM/);
    },
  );

  it('take methods apart', () => {
    expect(parseMethod('smooth+gptq+bias')).toMatchObject({ prepare: 'smooth', rounding: 'gptq', correctBias: true });
    expect(parseMethod('bias')).toMatchObject({ rounding: 'nearest', correctBias: true });
    expect(() => parseMethod('magic')).toThrow(/adaround/);
  });
});

describe('grids', () => {
  it('give what the formats themselves give', () => {
    const f32 = (values: Float64Array) => Float32Array.from(values);
    const int4 = { n: rows, k: columns, groupSize: 32 } as const;
    expect(rounded('int4-g32')).toEqual(
      f32(dequantizeInt4(quantizeInt4(matrix.data, { ...int4, scheme: 'symmetric' }))),
    );
    expect(rounded('int4-g32-asym')).toEqual(
      f32(dequantizeInt4(quantizeInt4(matrix.data, { ...int4, scheme: 'zero-point' }))),
    );
    expect(rounded('nf4-g32')).toEqual(f32(dequantizeInt4(quantizeInt4(matrix.data, { ...int4, scheme: 'nf4' }))));
    for (const [id, format] of [
      ['int3-g32', weightFormat(3, 'signed')],
      ['int5-g32-asym', weightFormat(5, 'unsigned')],
      ['fp4-e2m1-g32', weightFormat(4, 2)],
      ['fp8-e4m3-g32', weightFormat(8, 4)],
      ['ternary-g32', weightFormat(2, 'signed')],
      ['binary-g32', weightFormat(1, 'signed')],
    ] as const)
      expect(rounded(id)).toEqual(f32(dequantizeAnyBit(quantizeAnyBit(matrix.data, { ...int4, format }))));
    const own = rounded('int8-weights');
    const theirs = dequantize(quantizeInt8(matrix.data, { rows, columns }, 'row'));
    // One multiplies by 127 / peak, the other divides by the scale: a tie may fall to either side.
    expect(own.filter((value, i) => value !== theirs[i]).length).toBeLessThan(3);
  });

  it('keep the signal that the formats keep of a normal distribution', () => {
    const wide = { rows: 64, columns: 1024, data: seededRandom(3).values(64 * 1024) };
    const expected: readonly (readonly [string, number])[] = [
      ['int4-g32', 20.3],
      ['int4-g64', 19.3],
      ['int4-g128', 18.6],
      ['int8-weights', 42.1],
    ];
    for (const [id, db] of expected) expect(Math.abs(sqnr(wide.data, rounded(id, wide)) - db)).toBeLessThan(0.3);
    expect(Math.abs(sqnr(wide.data, rounded('binary', wide)) + 20 * Math.log10(0.603))).toBeLessThan(0.3);
  });

  it('find the values around a weight', () => {
    for (const id of ['int8-weights', 'int4-g32', 'int4-g32-asym', 'nf4-g32', 'fp4-e2m1', 'int3-g32', 'ternary']) {
      const scheme = parseScheme(id).weights!;
      const grid = gridOf(scheme);
      const parameters = grid.parameters(Float64Array.from(matrix.data.subarray(0, 32)));
      for (const weight of matrix.data.subarray(0, 32)) {
        const [below, above] = grid.neighbours(weight, parameters).map((code) => grid.decode(code, parameters));
        const nearest = grid.decode(grid.encode(weight, parameters), parameters);
        expect([below, above]).toContain(nearest);
        if (below !== above) expect(below! <= weight * (1 + 1e-6) || below! - weight < 1e-6).toBe(true);
      }
    }
  });

  it('count bytes of codes, f32 scales and zero points', () => {
    const size = { rows: 10, columns: 100, groupSize: 32 };
    expect(packedBytes({ ...size, weights: parseScheme('int4-g32').weights! })).toBe(500 + 4 * 40);
    expect(packedBytes({ ...size, weights: parseScheme('int4-g32-asym').weights! })).toBe(500 + 4 * 40 + 20);
    expect(packedBytes({ ...size, groupSize: 100, weights: parseScheme('int8').weights! })).toBe(1000 + 40);
    expect(packedBytes({ ...size, groupSize: 100, weights: parseScheme('f16').weights! })).toBe(2000);
  });

  it('refuse weights that are not finite, naming the place', () => {
    const data = matrix.data.slice();
    data[columns + 3] = Number.NaN;
    expect(() => rounded('int8', { ...matrix, data })).toThrow(/channel 1, position 3/);
  });
});
