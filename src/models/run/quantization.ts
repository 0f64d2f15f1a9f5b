/** Scales and zero points over tensors, and rounding to the types that quantization writes. */
import { roundToEven } from '../../numerics/rounding.js';
import type { ElementType } from '../tensor.js';
import type { Attributes } from './call.js';
import { needDims, positions } from './dense.js';
import { axisOf, stridesOf } from './shapes.js';
import { type HostTensor, integerRange } from './values.js';

/** Types by their number in the ONNX format, as far as quantization names them. Source: onnx.proto3, TensorProto.DataType. */
const byNumber: Readonly<Record<number, ElementType>> = {
  1: 'f32',
  2: 'u8',
  3: 'i8',
  4: 'u16',
  5: 'i16',
  6: 'i32',
  10: 'f16',
  11: 'f64',
  12: 'u32',
  16: 'bf16',
  17: 'e4m3',
  18: 'e4m3fnuz',
  19: 'e5m2',
  20: 'e5m2fnuz',
  21: 'u4',
  22: 'i4',
  23: 'e2m1',
  25: 'u2',
  26: 'i2',
};

/** The type that an attribute names by number, or undefined where it is absent or 0. */
export function typeFrom(call: Attributes, attribute: string): ElementType | undefined {
  const code = call.int(attribute, 0);
  if (code === 0) return undefined;
  return byNumber[code] ?? call.fail('unsupported-type', `${attribute} ${code} is not a type that is written here`);
}

/**
 * For each element of `dims`, the flat position of its scale: one for all, one per slice along `axis`, or one per block of
 * `block_size` along it.
 */
export function scalePositions(call: Attributes, scale: HostTensor, dims: readonly number[]): Int32Array | undefined {
  const block = call.int('block_size', 0);
  if (scale.data.length === 1 && block === 0) return undefined;
  const axis = axisOf(call, call.int('axis', 1), dims.length);
  if (block === 0) {
    needDims(call, 'the scale', scale.dims, [dims[axis] ?? 1]);
    return positions(
      dims,
      dims.map((_, d) => (d === axis ? 1 : 0)),
    );
  }
  if (!(block >= 1)) return call.fail('bad-value', `block_size ${block} is not 1 or more`);
  const blocks = dims.map((size, d) => (d === axis ? Math.ceil(size / block) : size));
  needDims(call, 'the scale', scale.dims, blocks);
  const strides = stridesOf(blocks);
  const rest = positions(
    dims,
    strides.map((stride, d) => (d === axis ? 0 : stride)),
  );
  const along = positions(
    dims,
    dims.map((_, d) => (d === axis ? 1 : 0)),
  );
  return rest.map((at, i) => at + Math.floor(along[i]! / block) * strides[axis]!);
}

/** Mantissa bits, least exponent, largest value and whether infinity exists. Source: ONNX float8.md; OCP 8-bit and MX formats. */
const floats: Readonly<
  Partial<Record<ElementType, readonly [bits: number, least: number, most: number, infinite: boolean]>>
> = {
  e4m3: [3, -6, 448, false],
  e4m3fnuz: [3, -7, 240, false],
  e5m2: [2, -14, 57344, true],
  e5m2fnuz: [2, -15, 57344, false],
  e2m1: [1, 0, 6, false],
};

/**
 * How a quotient becomes an element of a quantized type: integers round to even, add the zero point and saturate; small
 * floats saturate, or become infinite or NaN beyond their range where `saturate` is false.
 */
export function quantizer(
  call: Attributes,
  type: ElementType,
  saturate = true,
): (value: number, zero: number) => number {
  const float = floats[type];
  if (float) {
    const [bits, least, most, infinite] = float;
    const beyond = infinite ? Number.POSITIVE_INFINITY : Number.NaN;
    const limit = saturate || type === 'e2m1' ? most : beyond;
    return (value) => {
      const magnitude = Math.abs(value);
      if (magnitude === 0 || Number.isNaN(value)) return value;
      const exponent = Math.max(least, Math.floor(Math.log2(Math.min(magnitude, most))));
      const step = 2 ** (exponent - bits);
      const rounded = magnitude === Number.POSITIVE_INFINITY ? magnitude : roundToEven(magnitude / step) * step;
      return Math.sign(value) * (rounded > most ? limit : rounded);
    };
  }
  const range = integerRange(type) ?? call.fail('unsupported-type', `${type} is not a type to quantize to`);
  const [least, most] = range;
  return (value, zero) => Math.min(most, Math.max(least, roundToEven(value) + zero));
}
