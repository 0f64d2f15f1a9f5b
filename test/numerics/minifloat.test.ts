/** Small floats: every code of every format against an independent reading, and the published facts. */
import { describe, expect, it } from 'vitest';
import { encodeMiniFloat, miniFloat, roundToMiniFloat } from '../../src/numerics/minifloat.js';

const names = 'e1m1 e2m1 e1m2 e2m2 e3m1 e3m2 e2m3 e4m1 e3m3 e4m2 e5m1 e2m5 e3m4 e4m3 e5m2 e6m1 e7m0 e4m0 e1m6'.split(
  ' ',
);

/** Builds each magnitude by counting up in steps of the current exponent, never by placing bits. */
function byCounting(exponentBits: number, mantissaBits: number): number[] {
  const bias = 2 ** (exponentBits - 1) - 1;
  const values = [];
  let value = 0;
  let step = 2 ** (1 - bias - mantissaBits);
  for (let code = 0; code < 2 ** (exponentBits + mantissaBits); code++) {
    values.push(value);
    value += step;
    if (value >= 2 ** mantissaBits * step * 2) step *= 2;
  }
  return values;
}

describe.each(names)('%s', (name) => {
  const format = miniFloat(name);
  const half = 2 ** (format.bits - 1);
  const counted = byCounting(format.exponentBits, format.mantissaBits);

  it('decodes every code', () => {
    for (let code = 0; code <= format.maxCode; code++) {
      expect(format.values[code]).toBe(counted[code]);
      expect(format.values[code + half]).toBe(-counted[code]!);
    }
    for (let code = format.maxCode + 1; code < half; code++) expect(Number.isFinite(format.values[code])).toBe(false);
  });

  it('encodes every finite value to its own code', () => {
    for (let code = 0; code <= format.maxCode; code++) {
      expect(encodeMiniFloat(format, format.values[code]!)).toBe(code);
      expect(encodeMiniFloat(format, format.values[code + half]!)).toBe(code + half);
    }
  });

  it('rounds midpoints to the even code and saturates', () => {
    for (let code = 0; code < format.maxCode; code++) {
      const middle = (counted[code]! + counted[code + 1]!) / 2;
      expect(encodeMiniFloat(format, middle)).toBe(code % 2 === 0 ? code : code + 1);
    }
    expect(roundToMiniFloat(format, 10 * format.max)).toBe(format.max);
    expect(roundToMiniFloat(format, Number.NEGATIVE_INFINITY)).toBe(-format.max);
  });
});

const distinctFinite = (name: string): number =>
  new Set([...miniFloat(name).values].filter(Number.isFinite).map((value) => value + 0)).size;

describe('published facts', () => {
  it('e2m1 has eight magnitudes', () => {
    expect([...miniFloat('e2m1').values.subarray(0, 8)]).toEqual([0, 0.5, 1, 1.5, 2, 3, 4, 6]);
  });
  it('e3m2 reaches from 0.0625 to 28', () => {
    expect(miniFloat('e3m2').max).toBe(28);
    expect(miniFloat('e3m2').values[1]).toBe(0.0625);
  });
  it('e2m3 reaches from 0.125 to 7.5', () => {
    expect(miniFloat('e2m3').max).toBe(7.5);
    expect(miniFloat('e2m3').values[1]).toBe(0.125);
  });
  it('OCP e4m3 ends at 448, has no infinity and 253 finite values', () => {
    const { values, max } = miniFloat('e4m3');
    expect(max).toBe(448);
    expect(values[1]).toBe(2 ** -9);
    expect(values[8]).toBe(2 ** -6);
    expect([...values].filter((value) => Math.abs(value) === Number.POSITIVE_INFINITY)).toHaveLength(0);
    expect([...values].filter(Number.isNaN)).toHaveLength(2);
    expect(distinctFinite('e4m3')).toBe(253);
  });
  it('OCP e5m2 ends at 57344, has infinities and 247 finite values', () => {
    const { values, max } = miniFloat('e5m2');
    expect(max).toBe(57344);
    expect(values[1]).toBe(2 ** -16);
    expect(values[4]).toBe(2 ** -14);
    expect(values[0x7c]).toBe(Number.POSITIVE_INFINITY);
    expect(distinctFinite('e5m2')).toBe(247);
  });
  it('e3m4 and e2m5 have 255 finite values and end at 31 and 7.875', () => {
    expect([miniFloat('e3m4').max, miniFloat('e2m5').max]).toEqual([31, 7.875]);
    expect([distinctFinite('e3m4'), distinctFinite('e2m5')]).toEqual([255, 255]);
  });
});

describe('refusals', () => {
  it.each(['e0m3', 'e5m3', 'fp8', 'e4'])('%s is no format', (name) => {
    expect(() => miniFloat(name)).toThrow(`"${name}" is no small float`);
  });
  it('NaN where there is none, and a NaN code where there is', () => {
    expect(() => encodeMiniFloat(miniFloat('e2m1'), Number.NaN)).toThrow('NaN cannot be written as e2m1');
    expect(miniFloat('e4m3').values[encodeMiniFloat(miniFloat('e4m3'), Number.NaN)]).toBeNaN();
    expect(miniFloat('e5m2').values[encodeMiniFloat(miniFloat('e5m2'), Number.NaN)]).toBeNaN();
  });
});
