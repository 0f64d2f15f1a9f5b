/** Grids that weights are rounded to: parameters of a group, codes and the values they stand for, one form for all formats. */

import { anyBitParameters, encodeAnyBit, type WeightFormat, weightFormat } from '../../numerics/any-bit.js';
import { roundToBfloat16 } from '../../numerics/bfloat16.js';
import { decodeFloat16, encodeFloat16 } from '../../numerics/float16.js';
import { encodeInt4, type Int4Scheme, int4Parameters, nf4Codebook } from '../../numerics/int4.js';
import { symmetricScale } from '../../numerics/int8.js';
import { peak } from '../../numerics/quality.js';
import { roundToEven } from '../../numerics/rounding.js';
import type { WeightScheme } from './schemes.js';

/** value = (level of the code − zero) · scale. */
export interface GroupParameters {
  readonly scale: number;
  /** Code that stands for 0 in formats with zero points, those of symmetric 4-bit codes included; else 0. */
  readonly zero: number;
}

export interface Grid {
  /** Bits of a code. */
  readonly bits: number;
  /** Whether a scale is stored for each group; 16-bit floats have none. */
  readonly scaled: boolean;
  /** Whether a zero point is stored for each group. */
  readonly zeroed: boolean;
  /** Scale and zero point by round-to-nearest's rule for these weights. */
  readonly parameters: (group: Float64Array) => GroupParameters;
  /** Code of the value nearest to a weight. */
  readonly encode: (weight: number, parameters: GroupParameters) => number;
  /** Rounded to f32, as DequantizeLinear computes it. */
  readonly decode: (code: number, parameters: GroupParameters) => number;
  /** Codes next below and above a weight, equal at the ends: what rounding may choose from. */
  readonly neighbours: (weight: number, parameters: GroupParameters) => readonly [below: number, above: number];
}

/** The grid of a scheme's weights. */
export function gridOf({ format, bits, symmetric }: WeightScheme): Grid {
  switch (format) {
    case 'f16':
    case 'bf16':
      return halfGrid(format);
    case 'int8':
      return symmetric ? int8Grid : anyBitGrid(weightFormat(8, 'unsigned'));
    case 'int4':
      return int4Grid(symmetric ? 'symmetric' : 'zero-point');
    case 'nf4':
      return int4Grid('nf4');
    case 'e4m3':
      return anyBitGrid(weightFormat(8, 4));
    case 'e5m2':
      return anyBitGrid(weightFormat(8, 5));
    case 'e2m1':
      return anyBitGrid(weightFormat(4, 2));
    case 'binary':
      return anyBitGrid(weightFormat(1, 'signed'));
    case 'ternary':
      return anyBitGrid(weightFormat(2, 'signed'));
    case 'anybit':
      return anyBitGrid(weightFormat(bits, symmetric ? 'signed' : 'unsigned'));
    default:
      return format satisfies never;
  }
}

const int8Grid: Grid = {
  bits: 8,
  scaled: true,
  zeroed: false,
  parameters: (group) => ({ scale: symmetricScale(peak(group)).scale, zero: 0 }),
  encode: (weight, { scale }) => clamp(roundToEven(weight / scale), -127, 127),
  decode: (code, { scale }) => Math.fround(code * scale),
  neighbours: (weight, { scale }) => {
    const below = Math.floor(weight / scale);
    return [clamp(below, -127, 127), clamp(below + 1, -127, 127)];
  },
};

function int4Grid(scheme: Int4Scheme): Grid {
  const levels = scheme === 'nf4' ? Float32Array.from(nf4Codebook) : Float64Array.from({ length: 16 }, (_, i) => i);
  const lowest = scheme === 'symmetric' ? 1 : 0;
  const codes = Array.from({ length: 16 - lowest }, (_, i) => i + lowest);
  return {
    bits: 4,
    scaled: true,
    zeroed: scheme === 'zero-point',
    parameters(group) {
      let [low, high] = [0, 0];
      for (const weight of group) {
        low = Math.min(low, weight);
        high = Math.max(high, weight);
      }
      const { scale, zeroPoint } = int4Parameters(scheme, low, high, 'f32');
      return { scale, zero: zeroPoint };
    },
    encode: (weight, { scale, zero }) => encodeInt4(scheme, weight, scale, zero),
    decode: (code, { scale, zero }) => Math.fround((levels[code]! - zero) * scale),
    neighbours: (weight, { scale, zero }) => between(codes, (code) => (levels[code]! - zero) * scale, weight),
  };
}

function anyBitGrid(format: WeightFormat): Grid {
  const { bits, kind, values } = format;
  const usable = Array.from(values.keys()).filter((code) => Math.abs(values[code]!) <= format.max);
  const codes = usable.sort((a, b) => values[a]! - values[b]!);
  return {
    bits,
    scaled: true,
    zeroed: kind === 'unsigned',
    parameters(group) {
      const { scale, zeroPoint } = anyBitParameters(group, format);
      return { scale, zero: zeroPoint };
    },
    encode: (weight, { scale, zero }) => encodeAnyBit(weight, scale, zero, format),
    decode: (code, { scale, zero }) => Math.fround((values[code]! - zero) * scale),
    neighbours: (weight, { scale, zero }) => between(codes, (code) => (values[code]! - zero) * scale, weight),
  };
}

/** Codes are the bit patterns. */
function halfGrid(format: 'f16' | 'bf16'): Grid {
  const word = new Float32Array(1);
  const bits = new Uint32Array(word.buffer);
  const encode = (weight: number): number => {
    if (format === 'f16') return encodeFloat16(weight);
    word[0] = roundToBfloat16(Math.fround(weight));
    return bits[0]! >>> 16;
  };
  const decode = (code: number): number => {
    if (format === 'f16') return decodeFloat16(code);
    bits[0] = (code << 16) >>> 0;
    return word[0]!;
  };
  const neighbours = (weight: number): readonly [number, number] => {
    const code = encode(weight);
    return [code, code];
  };
  return {
    bits: 16,
    scaled: false,
    zeroed: false,
    parameters: () => ({ scale: 1, zero: 0 }),
    encode,
    decode,
    neighbours,
  };
}

/** @param codes in the order of their values. */
function between(
  codes: readonly number[],
  value: (code: number) => number,
  weight: number,
): readonly [below: number, above: number] {
  let low = 0;
  let high = codes.length - 1;
  if (weight <= value(codes[low]!)) return [codes[low]!, codes[low]!];
  if (weight >= value(codes[high]!)) return [codes[high]!, codes[high]!];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (value(codes[middle]!) <= weight) low = middle;
    else high = middle;
  }
  return [codes[low]!, codes[high]!];
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
